/** The parts that OTLP's messages share, as opentelemetry-proto 1.9 numbers them. */
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

/** Who sends: the attributes of the process. */
export type ResourceAttributes = Readonly<Record<string, unknown>>;

/** Which library recorded. */
export interface Scope {
  readonly name: string;
  readonly version?: string;
}

/** Seconds and nanoseconds since 1970, OpenTelemetry's `HrTime`. */
export type NanoTime = readonly [seconds: number, nanos: number];

const MIN_INT = -(2 ** 63);
const MAX_INT = 2 ** 63;

/** Writes a message into field `number`. */
export function message(
  writer: BinaryWriter,
  number: number,
  write: (writer: BinaryWriter) => void,
): void {
  writer.tag(number, WireType.LengthDelimited).fork();
  write(writer);
  writer.join();
}

/** Writes a string into field `number`, unless it is empty, as proto3 has it. */
export function text(writer: BinaryWriter, number: number, value: string | undefined): void {
  if (value) writer.tag(number, WireType.LengthDelimited).string(value);
}

/** Writes a small number into field `number`, unless it is 0. */
export function count(writer: BinaryWriter, number: number, value: number): void {
  if (value > 0) writer.tag(number, WireType.Varint).uint32(value);
}

/** Writes a time into field `number`, in nanoseconds. */
export function time(writer: BinaryWriter, number: number, [seconds, nanos]: NanoTime): void {
  const total = BigInt(seconds) * 1_000_000_000n + BigInt(Math.trunc(nanos));
  writer.tag(number, WireType.Bit64).fixed64(total);
}

/** Writes an id of hexadecimal digits into field `number`. */
export function id(writer: BinaryWriter, number: number, hex: string | undefined): void {
  if (!hex) return;
  const bytes = new Uint8Array(hex.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = parseInt(hex.slice(2 * i, 2 * i + 2), 16);
  writer.tag(number, WireType.LengthDelimited).bytes(bytes);
}

/** Writes attributes as `repeated KeyValue`; one without a value is left out. */
export function attributes(
  writer: BinaryWriter,
  number: number,
  values: Readonly<Record<string, unknown>>,
): void {
  for (const [key, value] of Object.entries(values)) {
    if (value === undefined || value === null) continue;
    message(writer, number, (entry) => {
      text(entry, 1, key);
      message(entry, 2, (any) => anyValue(any, value));
    });
  }
}

/** Writes the one field of an `AnyValue` that holds `value`. */
export function anyValue(writer: BinaryWriter, value: unknown): void {
  if (typeof value === "boolean") {
    writer.tag(2, WireType.Varint).bool(value);
  } else if (typeof value === "number") {
    const whole = Number.isInteger(value) && value >= MIN_INT && value < MAX_INT;
    if (whole) writer.tag(3, WireType.Varint).int64(BigInt(value));
    else writer.tag(4, WireType.Bit64).double(value);
  } else if (value instanceof Uint8Array) {
    writer.tag(7, WireType.LengthDelimited).bytes(value);
  } else if (Array.isArray(value)) {
    message(writer, 5, (list) => {
      for (const item of value) message(list, 1, (any) => anyValue(any, item));
    });
  } else if (typeof value === "object" && value !== null) {
    message(writer, 6, (map) => attributes(map, 1, value as Record<string, unknown>));
  } else if (value !== null && value !== undefined) {
    writer.tag(1, WireType.LengthDelimited).string(String(value));
  }
}

/**
 * A whole export request: both services have the same frame of resource, scopes
 * and records.
 */
export function exportRequest<T>(
  resource: ResourceAttributes,
  records: readonly T[],
  scopeOf: (record: T) => Scope,
  write: (writer: BinaryWriter, record: T) => void,
): Uint8Array<ArrayBuffer> {
  const scopes = new Map<Scope, T[]>();
  for (const record of records) {
    const scope = scopeOf(record);
    const group = scopes.get(scope);
    if (group === undefined) scopes.set(scope, [record]);
    else group.push(record);
  }
  const writer = new BinaryWriter();
  message(writer, 1, (perResource) => {
    message(perResource, 1, (body) => attributes(body, 1, resource));
    for (const [scope, group] of scopes) {
      message(perResource, 2, (perScope) => {
        message(perScope, 1, (body) => {
          text(body, 1, scope.name);
          text(body, 2, scope.version);
        });
        for (const record of group) message(perScope, 2, (body) => write(body, record));
      });
    }
  });
  return writer.finish() as Uint8Array<ArrayBuffer>;
}
