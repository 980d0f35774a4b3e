import { formatRevision } from "../_revision.ts";
import { Reader, Writer } from "./_bytes.ts";
import type { DenoKvKey } from "./client.ts";

// All keys begin with "oprc", so that a program may keep data of its own in the same database.
// Values are Uint8Arrays, which Deno and Node read alike.
export const FORMAT = 1;
export const META: DenoKvKey = ["oprc", "meta"];
export const COUNTER: DenoKvKey = ["oprc", "revision"];
export const entryKey = (key: string): DenoKvKey => ["oprc", "entry", key];
export const logKey = (revision: number): DenoKvKey => ["oprc", "log", formatRevision(revision)];
export const LOG_END: DenoKvKey = ["oprc", "log", "\x7f"];
export const intentKey = (id: string): DenoKvKey => ["oprc", "intent", id];
export const INTENTS: { start: DenoKvKey; end: DenoKvKey } = {
  start: intentKey(""),
  end: intentKey("\x7f"),
};
export const chunkKey = (blob: Blob, chunk: number): DenoKvKey => [
  "oprc",
  "blob",
  blob.id,
  blob.index,
  chunk,
];

// A log record holds the keys and small values of a commit; 64 keys of 512 bytes with their
// fields take 36 KiB of the 64 KiB that Deno KV allows.
export const MAX_INLINE = 16 * 1024;
export const MAX_INLINE_TOTAL = 24 * 1024;
export const CHUNK = 64 * 1024;

/** A value kept apart, in chunks that never change. */
export interface Blob {
  /** The attempt to commit that wrote it: 32 hexadecimal digits. */
  readonly id: string;
  /** Its number within the commit. */
  readonly index: number;
  readonly size: number;
}

/** A value where it is used, or where to find it. */
export type Content = Uint8Array | Blob;

export const chunksOf = (blob: Blob): number => Math.ceil(blob.size / CHUNK);

// What writeBlob writes.
const BLOB_BYTES = 32 + 2 + 4;

function writeBlob(writer: Writer, blob: Blob): void {
  writer.ascii(blob.id);
  writer.u16(blob.index);
  writer.u32(blob.size);
}

function readBlob(reader: Reader): Blob {
  return { id: reader.ascii(32), index: reader.u16(), size: reader.u32() };
}

/** What stands at an entry's key. */
export interface Record {
  readonly revision: number;
  readonly content: Content;
}

export function encodeRecord({ revision, content }: Record): Uint8Array {
  const inline = content instanceof Uint8Array;
  const writer = new Writer(1 + 8 + (inline ? content.length : BLOB_BYTES));
  writer.u8(inline ? 0 : 1);
  writer.u64(revision);
  if (inline) writer.bytes(content);
  else writeBlob(writer, content);
  return writer.done();
}

/** The content is a view of the bytes; of a Node's Buffer, which may be lent, it is a copy. */
export function decodeRecord(bytes: unknown): Record {
  if (!(bytes instanceof Uint8Array)) throw new TypeError("it is no record of this store");
  const reader = new Reader(bytes.constructor === Uint8Array ? bytes : new Uint8Array(bytes));
  const kind = reader.u8();
  const revision = reader.u64();
  if (kind === 0) return { revision, content: reader.rest() };
  if (kind === 1) return { revision, content: readBlob(reader) };
  throw new TypeError("it is no record of this store");
}

/** A change in the log; without content it is a deletion. */
export interface Logged {
  readonly key: string;
  readonly content?: Content;
}

/** What stands in the log for a commit. */
export interface LogRecord {
  readonly events: readonly Logged[];
  /** Blobs that nothing refers to once this record and those before it are gone. */
  readonly freed: readonly Blob[];
}

const NO_MARK = new Uint8Array();

/** @param mark Follows the record, for whoever wants to know it again */
export function encodeLog({ events, freed }: LogRecord, mark: Uint8Array = NO_MARK): Uint8Array {
  let room = 2 + mark.length + freed.length * BLOB_BYTES;
  for (const { key, content } of events) {
    room += 2 + key.length + 1;
    if (content) room += content instanceof Uint8Array ? 4 + content.length : BLOB_BYTES;
  }
  const writer = new Writer(room);
  writer.u8(events.length);
  for (const { key, content } of events) {
    writer.u16(key.length);
    writer.ascii(key);
    if (content === undefined) {
      writer.u8(2);
    } else if (content instanceof Uint8Array) {
      writer.u8(0);
      writer.u32(content.length);
      writer.bytes(content);
    } else {
      writer.u8(1);
      writeBlob(writer, content);
    }
  }
  writer.u8(freed.length);
  for (const blob of freed) writeBlob(writer, blob);
  writer.bytes(mark);
  return writer.done();
}

export function decodeLog(bytes: unknown): LogRecord {
  if (!(bytes instanceof Uint8Array)) throw new TypeError("it is no record of this store");
  const reader = new Reader(bytes);
  const events: Logged[] = [];
  for (let left = reader.u8(); left > 0; left--) {
    const key = reader.ascii(reader.u16());
    const kind = reader.u8();
    if (kind === 2) events.push({ key });
    else events.push({ key, content: kind ? readBlob(reader) : reader.bytes(reader.u32()) });
  }
  const freed: Blob[] = [];
  for (let left = reader.u8(); left > 0; left--) freed.push(readBlob(reader));
  return { events, freed };
}
