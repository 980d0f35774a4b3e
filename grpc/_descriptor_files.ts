import { createRegistry, type DescFile, type DescService, type Registry } from "@bufbuild/protobuf";

/** The files of these services and all that they import, by name. */
export function gatherFiles(services: readonly DescService[]): ReadonlyMap<string, DescFile> {
  const files = new Map<string, DescFile>();
  const add = (file: DescFile) => {
    const { name } = file.proto;
    if (files.has(name)) return;
    files.set(name, file);
    file.dependencies.forEach(add);
  };
  services.forEach((service) => add(service.file));
  return files;
}

/**
 * All types that these services' files know: what JSON needs to write a
 * `google.protobuf.Any`, whose content it names by type.
 */
export function typesOf(services: readonly DescService[]): Registry {
  return createRegistry(...gatherFiles(services).values());
}
