import {
  type AnyDesc,
  createRegistry,
  type DescFile,
  type DescService,
  type Registry,
  toBinary,
} from "@bufbuild/protobuf";
import { gatherFiles } from "../_descriptor_files.ts";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";

/** The files behind a set of services, to be looked up as reflection does. */
export interface Descriptors {
  readonly serviceNames: readonly string[];
  byFilename(name: string): DescFile | undefined;
  bySymbol(name: string): DescFile | undefined;
  byExtension(typeName: string, number: number): DescFile | undefined;
  /** Undefined for a message that isn't known. */
  extensionNumbers(typeName: string): number[] | undefined;
}

/** Gathers the files of these services and all that they import. */
export function createDescriptors(services: readonly DescService[]): Descriptors {
  const files = gatherFiles(services);
  const registry = createRegistry(...files.values());
  return {
    serviceNames: services.map((service) => service.typeName).sort(),
    byFilename: (name) => files.get(name),
    bySymbol: (name) => fileOf(registry, name.replace(/^\./, "")),
    byExtension: (typeName, number) =>
      extensionsOf(registry, typeName)?.find((extension) => extension.number === number)?.file,
    extensionNumbers: (typeName) =>
      extensionsOf(registry, typeName)?.map((extension) => extension.number),
  };
}

/** A file and those it needs that aren't in `sent` yet, encoded; they are in it afterwards. */
export function encodeFiles(file: DescFile, sent: Set<string>): Uint8Array[] {
  const encoded: Uint8Array[] = [];
  const visit = (one: DescFile, asked: boolean) => {
    if (!asked && sent.has(one.proto.name)) return;
    sent.add(one.proto.name);
    encoded.push(toBinary(FileDescriptorProtoSchema, one.proto));
    for (const dependency of one.dependencies) visit(dependency, false);
  };
  visit(file, true);
  return encoded;
}

/** The file of a message, enum, service or extension, or of what lies within one. */
function fileOf(registry: Registry, name: string): DescFile | undefined {
  const found = registry.get(name);
  if (found !== undefined) return found.file;
  const dot = name.lastIndexOf(".");
  if (dot < 0) return undefined;
  const parent = registry.get(name.slice(0, dot));
  return parent !== undefined && has(parent, name.slice(dot + 1)) ? parent.file : undefined;
}

function has(parent: AnyDesc, member: string): boolean {
  switch (parent.kind) {
    case "service":
      return parent.methods.some((method) => method.name === member);
    case "message":
      return parent.members.some(({ name }) => name === member) ||
        parent.fields.some(({ name }) => name === member);
    case "enum":
      return parent.values.some((value) => value.name === member);
    default:
      return false;
  }
}

function extensionsOf(registry: Registry, typeName: string) {
  const name = typeName.replace(/^\./, "");
  if (registry.getMessage(name) === undefined) return undefined;
  const found = [];
  for (const type of registry) {
    if (type.kind === "extension" && type.extendee.typeName === name) found.push(type);
  }
  return found;
}
