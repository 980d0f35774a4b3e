import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import { fromJson, toJson } from "@oprc/models";
import { quote } from "./_limits.ts";
import { StorageError } from "./errors.ts";
import type { Entry } from "./port.ts";
import type { Stored } from "./stored.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/** Writes and reads the values of one kind of record. */
export interface Codec<T> {
  encode(value: T): Uint8Array;
  /** Throws what the reason is if the bytes can't be read. */
  decode(bytes: Uint8Array): T;
}

/**
 * ProtoJSON with the field names of the .proto files, as UTF-8. Rules of the models are not checked
 * here, and fields of newer writers are passed over.
 */
export function messageCodec<Desc extends DescMessage>(schema: Desc): Codec<MessageShape<Desc>> {
  return {
    encode: (value) => encoder.encode(toJson(schema, value)),
    decode: (bytes) =>
      fromJson(schema, decoder.decode(bytes), { validate: false, unknownFields: "ignore" }),
  };
}

/** Plain text as UTF-8. */
export const textCodec: Codec<string> = {
  encode: (value) => encoder.encode(value),
  decode: (bytes) => decoder.decode(bytes),
};

/** Reads a record, or says which key can't be read. */
export function decodeEntry<T>(codec: Codec<T>, { key, value, revision }: Entry): Stored<T> {
  try {
    return { value: codec.decode(value), revision };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new StorageError("corrupt", `Cannot read key ${quote(key)}: ${why}`, { key, cause });
  }
}
