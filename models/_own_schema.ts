// A program can hold @oprc/proto twice: its own and the one npm installed for this
// package. The schemas of the two are different objects that say the same.
import { type DescFile, type DescMessage, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";

/**
 * Finds what `table` has for `schema`, or for a schema of another copy of the same
 * .proto files.
 */
export function ofSchema<T>(
  table: ReadonlyMap<DescMessage, T>,
  schema: DescMessage,
): T | undefined {
  return table.get(schema) ?? ofCopy(table, schema);
}

function ofCopy<T>(table: ReadonlyMap<DescMessage, T>, schema: DescMessage): T | undefined {
  let own = owns.get(schema);
  if (own === undefined) {
    own = findOwn(table.keys(), schema);
    owns.set(schema, own);
  }
  return own ? table.get(own) : undefined;
}

const owns = new WeakMap<DescMessage, DescMessage | null>();

function findOwn(candidates: Iterable<DescMessage>, schema: DescMessage): DescMessage | null {
  for (const own of candidates) {
    if (own.typeName === schema.typeName) return saysTheSame(own.file, schema.file) ? own : null;
  }
  return null;
}

/** Compares the files whole, and those they import. */
function saysTheSame(own: DescFile, other: DescFile): boolean {
  if (own === other) return true;
  const ownBytes = toBinary(FileDescriptorProtoSchema, own.proto);
  const otherBytes = toBinary(FileDescriptorProtoSchema, other.proto);
  return ownBytes.length === otherBytes.length &&
    ownBytes.every((byte, i) => byte === otherBytes[i]) &&
    own.dependencies.every((file, i) => saysTheSame(file, other.dependencies[i]!));
}
