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

/** Makes of a record of one version, as JSON, one of the next. */
export type Migration = (
  record: Readonly<Record<string, unknown>>,
) => Readonly<Record<string, unknown>>;

// No field of a message can be called so.
const VERSION = "@version";

/** Makes a record as JSON one of this program's version. */
function migrated(
  record: Readonly<Record<string, unknown>>,
  migrations: readonly Migration[],
): Readonly<Record<string, unknown>> {
  const { [VERSION]: version = 1, ...fields } = record;
  const known = migrations.length + 1;
  if (typeof version !== "number" || !Number.isInteger(version) || version < 1) {
    throw new TypeError(`its version ${JSON.stringify(version)} is no positive integer`);
  }
  if (version > known) {
    throw new TypeError(
      `it is of version ${version}, and this program knows versions up to ${known}`,
    );
  }
  return migrations.slice(version - 1).reduce((older, migrate) => migrate(older), fields);
}

/**
 * ProtoJSON with the field names of the .proto files, as UTF-8. Rules of the models are not checked
 * here, and fields of newer writers are passed over.
 *
 * Version 1 is what the wire contract says, and is written to the byte as other services write it:
 * without its number. Later versions carry theirs as `"@version"`, which readers that ignore unknown
 * members pass over.
 *
 * @param migrations Make of a record of version 1 one of version 2, and so on
 */
export function messageCodec<Desc extends DescMessage>(
  schema: Desc,
  migrations: readonly Migration[] = [],
): Codec<MessageShape<Desc>> {
  const head = `{"${VERSION}":${migrations.length + 1}`;
  const options = { validate: false, unknownFields: "ignore" } as const;
  return {
    encode(value) {
      const text = toJson(schema, value);
      if (migrations.length === 0) return encoder.encode(text);
      return encoder.encode(text === "{}" ? `${head}}` : `${head},${text.slice(1)}`);
    },
    decode(bytes) {
      const text = decoder.decode(bytes);
      // Nearly always: to read the text at once takes half the time.
      if (migrations.length === 0 && !text.includes(`"${VERSION}"`)) {
        return fromJson(schema, text, options);
      }
      const record: unknown = JSON.parse(text);
      if (typeof record !== "object" || record === null || Array.isArray(record)) {
        return fromJson(schema, text, options);
      }
      const current = migrated(record as Record<string, unknown>, migrations);
      return fromJson(schema, JSON.stringify(current), options);
    },
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
