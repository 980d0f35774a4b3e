import { type BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import {
  anyValue,
  attributes,
  count,
  exportRequest,
  id,
  message,
  type ResourceAttributes,
  text,
  time,
} from "./_otlp_common.ts";
import type { LogLevel } from "./level.ts";

/** A log line on its way to a collector. */
export interface LogRecord {
  readonly timeMs: number;
  readonly level: LogLevel;
  readonly target: string;
  readonly message: string;
  /** What JSON can carry. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly span?: {
    readonly traceId: string;
    readonly spanId: string;
    readonly traceFlags: number;
  };
}

/** OpenTelemetry's numbers. */
const SEVERITIES: Readonly<Record<LogLevel, number>> = {
  trace: 1,
  debug: 5,
  info: 9,
  warn: 13,
  error: 17,
  critical: 21,
};

/** Log lines as an `ExportLogsServiceRequest`; the target is the scope. */
export function encodeLogs(
  resource: ResourceAttributes,
  records: readonly LogRecord[],
): Uint8Array<ArrayBuffer> {
  const scopes = new Map<string, { readonly name: string }>();
  const scopeOf = ({ target }: LogRecord) => {
    let scope = scopes.get(target);
    if (scope === undefined) scopes.set(target, scope = { name: target });
    return scope;
  };
  return exportRequest(resource, records, scopeOf, writeRecord);
}

function writeRecord(writer: BinaryWriter, record: LogRecord): void {
  const at = [Math.floor(record.timeMs / 1_000), (record.timeMs % 1_000) * 1e6] as const;
  time(writer, 1, at);
  count(writer, 2, SEVERITIES[record.level]);
  text(writer, 3, record.level.toUpperCase());
  message(writer, 5, (body) => anyValue(body, record.message));
  attributes(writer, 6, record.fields);
  if (record.span !== undefined) {
    writer.tag(8, WireType.Bit32).fixed32(record.span.traceFlags);
    id(writer, 9, record.span.traceId);
    id(writer, 10, record.span.spanId);
  }
  time(writer, 11, at);
}
