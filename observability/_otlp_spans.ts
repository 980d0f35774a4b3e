import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { type BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import {
  attributes,
  count,
  exportRequest,
  id,
  message,
  type ResourceAttributes,
  text,
  time,
} from "./_otlp_common.ts";

const HAS_IS_REMOTE = 0x100;
const IS_REMOTE = 0x200;

/** Spans as an `ExportTraceServiceRequest`. */
export function encodeSpans(
  resource: ResourceAttributes,
  spans: readonly ReadableSpan[],
): Uint8Array<ArrayBuffer> {
  return exportRequest(resource, spans, (span) => span.instrumentationScope, writeSpan);
}

function writeSpan(writer: BinaryWriter, span: ReadableSpan): void {
  const { traceId, spanId, traceState, traceFlags } = span.spanContext();
  const parent = span.parentSpanContext;
  id(writer, 1, traceId);
  id(writer, 2, spanId);
  text(writer, 3, traceState?.serialize());
  id(writer, 4, parent?.spanId);
  text(writer, 5, span.name);
  // The API counts kinds from 0, the protocol from 1.
  count(writer, 6, span.kind + 1);
  time(writer, 7, span.startTime);
  time(writer, 8, span.endTime);
  attributes(writer, 9, span.attributes);
  count(writer, 10, span.droppedAttributesCount);
  for (const event of span.events) {
    message(writer, 11, (body) => {
      time(body, 1, event.time);
      text(body, 2, event.name);
      attributes(body, 3, event.attributes ?? {});
      count(body, 4, event.droppedAttributesCount ?? 0);
    });
  }
  count(writer, 12, span.droppedEventsCount);
  for (const link of span.links) {
    message(writer, 13, (body) => {
      id(body, 1, link.context.traceId);
      id(body, 2, link.context.spanId);
      text(body, 3, link.context.traceState?.serialize());
      attributes(body, 4, link.attributes ?? {});
      count(body, 5, link.droppedAttributesCount ?? 0);
      flags(body, 6, link.context.traceFlags, link.context.isRemote);
    });
  }
  count(writer, 14, span.droppedLinksCount);
  message(writer, 15, (body) => {
    text(body, 2, span.status.message);
    count(body, 3, span.status.code);
  });
  flags(writer, 16, traceFlags, parent?.isRemote);
}

function flags(writer: BinaryWriter, number: number, own: number, remote = false): void {
  const value = own & 0xff | HAS_IS_REMOTE | (remote ? IS_REMOTE : 0);
  writer.tag(number, WireType.Bit32).fixed32(value);
}
