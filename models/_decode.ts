// Makes messages of JSON values and, unlike the protobuf runtime, goes on after a
// fault, so that all of them can be told at once.
import { create, type DescField, type DescMessage, fromJson } from "@bufbuild/protobuf";
import { type JsonValue, ScalarType } from "@bufbuild/protobuf";
import { TimestampSchema } from "@oprc/proto/common";
import type { Decoding } from "./_decoding.ts";
import { enumReader, type ReadValue, scalarReader, UNREADABLE } from "./_decode_scalar.ts";
import { parseRfc3339 } from "./_rfc3339.ts";
import { suggest } from "./_suggest.ts";
import { describe } from "./_text.ts";

// Fields are written by name.
// deno-lint-ignore no-explicit-any
type Loose = any;

interface FieldReader {
  readonly name: string;
  /** Reads a value, which isn't null, into the field of a message. */
  readonly into: (message: Loose, value: unknown, to: Decoding) => void;
}

const readers = new WeakMap<DescMessage, ReadValue>();

/** The function that makes a message of a type of a JSON value. */
export function readerOf(schema: DescMessage): ReadValue {
  const known = readers.get(schema);
  if (known !== undefined) return known;
  if (isForeign(schema)) {
    const read = foreignReader(schema);
    readers.set(schema, read);
    return read;
  }
  const fields = new Map<string, FieldReader>();
  const read: ReadValue = (value, to) => {
    if (schema.typeName === TimestampSchema.typeName && typeof value === "string") {
      return readTime(value, to);
    }
    const message = create(schema);
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      to.report("InvalidType", `is ${describe(value)}: expected an object`);
      return message;
    }
    for (const key of Object.keys(value)) {
      if (!to.spend()) break;
      const field = fields.get(key);
      if (field === undefined) {
        reportUnknown(schema, key, to);
        continue;
      }
      if (key !== field.name && Object.hasOwn(value, field.name)) {
        to.reportAt(field.name, "InvalidType", `is given twice, also as ${key}: expected it once`);
        continue;
      }
      const given = (value as Record<string, unknown>)[key];
      // In ProtoJSON null is another way of leaving a field out.
      if (given === null) continue;
      to.enter(field.name);
      field.into(message, given, to);
      to.leave();
    }
    return message;
  };
  // Registered before its fields are looked at: a message may hold its own kind.
  readers.set(schema, read);
  for (const field of schema.fields) {
    const reader = { name: field.name, into: fieldReader(field) };
    fields.set(field.name, reader).set(field.jsonName, reader);
  }
  return read;
}

function fieldReader(field: DescField): FieldReader["into"] {
  const { localName } = field;
  switch (field.fieldKind) {
    case "list":
      return listReader(localName, valueReader(field));
    case "map":
      return mapReader(localName, valueReader(field));
    default: {
      const read = valueReader(field);
      return (message, value, to) => {
        const result = read(value, to);
        if (result !== UNREADABLE) message[localName] = result;
      };
    }
  }
}

function valueReader(field: DescField): ReadValue {
  if (field.message !== undefined) return readerOf(field.message);
  if (field.enum !== undefined) return enumReader(field.enum);
  return scalarReader(field.scalar ?? ScalarType.STRING);
}

function listReader(localName: string, read: ReadValue): FieldReader["into"] {
  return (message, value, to) => {
    if (!Array.isArray(value)) {
      return to.report("InvalidType", `is ${describe(value)}: expected a list`);
    }
    const list: unknown[] = message[localName];
    for (let i = 0; i < value.length; i++) {
      if (!to.spend()) return;
      to.enter(i);
      const result = read(value[i], to);
      if (result !== UNREADABLE) list.push(result);
      to.leave();
    }
  };
}

function mapReader(localName: string, read: ReadValue): FieldReader["into"] {
  return (message, value, to) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      return to.report("InvalidType", `is ${describe(value)}: expected an object`);
    }
    for (const key of Object.keys(value)) {
      if (!to.spend()) return;
      to.enter(key);
      if (key === "__proto__") {
        // Assigning it would change the prototype of the map, here or in a peer.
        to.report("InvalidName", "is a key that no map can hold: expected another", true);
      } else {
        const result = read((value as Record<string, unknown>)[key], to);
        if (result !== UNREADABLE) message[localName][key] = result;
      }
      to.leave();
    }
  };
}

function readTime(text: string, to: Decoding): unknown {
  const time = parseRfc3339(text);
  if (time === undefined) {
    to.report(
      "InvalidType",
      `is ${describe(text)}, not a time: expected RFC 3339 such as "2026-01-31T12:00:00Z", ` +
        `or an object of seconds and nanos`,
    );
  }
  return create(TimestampSchema, time);
}

function reportUnknown(schema: DescMessage, key: string, to: Decoding): void {
  if (to.ignoresUnknown) return;
  const names = schema.fields.map((field) => field.name);
  const meant = suggest(key, names);
  const advice = key === "<<"
    ? "YAML 1.2 has no merge keys, expected the fields themselves"
    : meant === undefined
    ? `expected ${listOf(names)}`
    : `did you mean ${meant}?`;
  to.reportUnknown(key, `is not a field of ${schema.name}: ${advice}`, meant);
}

function listOf(names: readonly string[]): string {
  if (names.length === 0) return "no fields";
  return names.length === 1 ? names[0]! : `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}

/** The wire contract has no such messages, but the functions of this package take any. */
export function isForeign(schema: DescMessage): boolean {
  return schema.typeName.startsWith("google.protobuf.") ||
    schema.fields.some((field) =>
      field.oneof !== undefined || field.scalar === ScalarType.BYTES ||
      (field.fieldKind === "map" && field.mapKey !== ScalarType.STRING)
    );
}

/** Leaves a message to the protobuf runtime, which tells its first fault only. */
function foreignReader(schema: DescMessage): ReadValue {
  return (value, to) => {
    try {
      return fromJson(schema, value as JsonValue, { ignoreUnknownFields: to.ignoresUnknown });
    } catch (error) {
      to.report("InvalidType", `is wrong: ${(error as Error).message}`);
      return create(schema);
    }
  };
}
