/** OTLP's messages by OpenTelemetry's own serializers. */
import { ProtobufLogsSerializer, ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import type { Resource } from "@opentelemetry/resources";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import type { LogRecord } from "./_log_record.ts";
import { PreparedSpan } from "./_prepared_span.ts";
import { SpanStencils } from "./_span_stencil.ts";
import type { LogLevel } from "./level.ts";

/** How records of one kind are written, and what the collector's answer says of them. */
export interface OtlpCodec<T> {
  encode(records: readonly T[]): Uint8Array<ArrayBuffer>;
  /** How many records the collector refused of a request that it took. */
  rejectedIn(answer: Uint8Array): number;
}

/** Spans as an `ExportTraceServiceRequest`. */
export function spanCodec(): OtlpCodec<ReadableSpan | PreparedSpan> {
  const stencils = new SpanStencils();
  return {
    encode(spans) {
      const usual: ReadableSpan[] = [];
      const prepared: PreparedSpan[] = [];
      for (const span of spans) {
        if (span instanceof PreparedSpan) prepared.push(span);
        else usual.push(span);
      }
      if (usual.length === 0) return stencils.encode(prepared);
      const bytes = whole(ProtobufTraceSerializer.serializeRequest(usual));
      // Two requests one behind the other are a request with the spans of both.
      return prepared.length === 0 ? bytes : joined(stencils.encode(prepared), bytes);
    },
    rejectedIn: (answer) =>
      ProtobufTraceSerializer.deserializeResponse(answer).partialSuccess?.rejectedSpans ?? 0,
  };
}

/** Log lines as an `ExportLogsServiceRequest`; the target is the scope. */
export function logCodec(resource: Resource): OtlpCodec<LogRecord> {
  return {
    encode(records) {
      const scopes = new Map<string, { readonly name: string }>();
      const scopeOf = (name: string) => {
        const scope = scopes.get(name) ?? { name };
        scopes.set(name, scope);
        return scope;
      };
      return whole(ProtobufLogsSerializer.serializeRequest(
        records.map((record) => readable(record, resource, scopeOf(record.target))),
      ));
    },
    rejectedIn: (answer) =>
      ProtobufLogsSerializer.deserializeResponse(answer).partialSuccess?.rejectedLogRecords ?? 0,
  };
}

type ReadableLogRecord = Parameters<typeof ProtobufLogsSerializer.serializeRequest>[0][number];

/** OpenTelemetry's numbers. */
const SEVERITIES: Readonly<Record<LogLevel, number>> = {
  trace: 1,
  debug: 5,
  info: 9,
  warn: 13,
  error: 17,
  critical: 21,
};

function readable(
  record: LogRecord,
  resource: Resource,
  instrumentationScope: ReadableLogRecord["instrumentationScope"],
): ReadableLogRecord {
  const { timeMs, level, message, fields, span } = record;
  const hrTime: [number, number] = [Math.floor(timeMs / 1_000), Math.round(timeMs % 1_000 * 1e6)];
  return {
    hrTime,
    hrTimeObserved: hrTime,
    severityNumber: SEVERITIES[level],
    severityText: level.toUpperCase(),
    body: message,
    // What JSON can carry, they can too.
    attributes: fields as ReadableLogRecord["attributes"],
    spanContext: span,
    resource,
    instrumentationScope,
    droppedAttributesCount: 0,
  };
}

function whole(bytes: Uint8Array | undefined): Uint8Array<ArrayBuffer> {
  if (bytes === undefined) throw new TypeError("the records can't be written as OTLP");
  return bytes as Uint8Array<ArrayBuffer>;
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}
