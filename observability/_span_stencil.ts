/**
 * Spans that differ in nothing but ids and times, which are of fixed length. OpenTelemetry's
 * serializer writes one of each form; its bytes are copied, and those are filled in.
 */
import type { HrTime, Span, SpanContext } from "@opentelemetry/api";
import { ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import type { PreparedSpan, SpanForm } from "./_prepared_span.ts";

/** What stands in the example where a span's own has to go; each must be there once. */
const MARKS = {
  traceId: "f0e1d2c3b4a5968778695a4b3c2d1e0f",
  spanId: "a1b2c3d4e5f60718",
  parentId: "8192a3b4c5d6e7f8",
  start: [1_234_567_890, 123_456_789] as HrTime,
  end: [1_987_654_321, 987_654_321] as HrTime,
};

/** The field of a request that holds a `ResourceSpans`. */
const REQUEST_FIELD = 1;
/** The field of a `ResourceSpans` that holds a `ScopeSpans`, and of that one for a `Span`. */
const REPEATED_FIELD = 2;
const LENGTH_DELIMITED = 2;
const NANOS_A_MS = 1_000_000n;

/** The bytes of a span, and where to fill in. */
interface Stencil {
  readonly bytes: Uint8Array;
  readonly traceIdAt: number;
  readonly spanIdAt: number;
  readonly parentIdAt: number | undefined;
  readonly startAt: number;
  readonly endAt: number;
}

/** Writes prepared spans of one scope and resource as an `ExportTraceServiceRequest`. */
export class SpanStencils {
  /** By form: for spans without a parent, with one of this process, with one of another. */
  readonly #known = new WeakMap<SpanForm, Stencil[]>();
  /** What is said once of the resource and of the scope that all spans share. */
  #resource: Uint8Array = new Uint8Array();
  #scope: Uint8Array = new Uint8Array();

  encode(spans: readonly PreparedSpan[]): Uint8Array<ArrayBuffer> {
    const stencils = spans.map((span) => this.#stencilOf(span));
    const scopeLength = stencils.reduce(
      (sum, { bytes }) => sum + sizeOf(bytes.length),
      this.#scope.length,
    );
    const resourceLength = this.#resource.length + sizeOf(scopeLength);
    const out = new Uint8Array(sizeOf(resourceLength));
    const view = new DataView(out.buffer);
    let at = writeHead(out, 0, REQUEST_FIELD, resourceLength);
    out.set(this.#resource, at);
    at = writeHead(out, at + this.#resource.length, REPEATED_FIELD, scopeLength);
    out.set(this.#scope, at);
    at += this.#scope.length;
    for (const [i, stencil] of stencils.entries()) {
      at = writeHead(out, at, REPEATED_FIELD, stencil.bytes.length);
      out.set(stencil.bytes, at);
      fill(out, view, at, stencil, spans[i]!);
      at += stencil.bytes.length;
    }
    return out;
  }

  #stencilOf({ form, parent, recorder }: PreparedSpan): Stencil {
    let stencils = this.#known.get(form);
    if (stencils === undefined) this.#known.set(form, stencils = []);
    const i = parent === undefined ? 0 : parent.isRemote ? 2 : 1;
    return stencils[i] ??= this.#cut(exampleOf(recorder.example(form), form, parent));
  }

  #cut(example: ReadableSpan): Stencil {
    const request = ProtobufTraceSerializer.serializeRequest([example])!;
    const [resource] = split(request, REQUEST_FIELD);
    const [scope, resourceRest] = split(resource!, REPEATED_FIELD);
    const [bytes, scopeRest] = split(scope!, REPEATED_FIELD);
    this.#resource = resourceRest;
    this.#scope = scopeRest;
    return {
      bytes: bytes!,
      traceIdAt: find(bytes!, hexBytes(MARKS.traceId)),
      spanIdAt: find(bytes!, hexBytes(MARKS.spanId)),
      parentIdAt: example.parentSpanContext && find(bytes!, hexBytes(MARKS.parentId)),
      startAt: find(bytes!, timeBytes(MARKS.start)),
      endAt: find(bytes!, timeBytes(MARKS.end)),
    };
  }
}

/** A span as it is when the call went well, with marks for what is filled in. */
function exampleOf(span: Span, form: SpanForm, parent: SpanContext | undefined): ReadableSpan {
  span.setAttributes(form.success);
  const example = span as unknown as ReadableSpan;
  const { traceId, spanId, parentId } = MARKS;
  const { traceFlags } = span.spanContext();
  return {
    name: example.name,
    kind: example.kind,
    spanContext: () => ({ traceId, spanId, traceFlags }),
    parentSpanContext: parent && { ...parent, traceId, spanId: parentId },
    startTime: MARKS.start,
    endTime: MARKS.end,
    status: example.status,
    attributes: example.attributes,
    links: example.links,
    events: example.events,
    duration: example.duration,
    ended: true,
    resource: example.resource,
    instrumentationScope: example.instrumentationScope,
    droppedAttributesCount: example.droppedAttributesCount,
    droppedEventsCount: example.droppedEventsCount,
    droppedLinksCount: example.droppedLinksCount,
  };
}

function fill(
  out: Uint8Array,
  view: DataView,
  at: number,
  { traceIdAt, spanIdAt, parentIdAt, startAt, endAt }: Stencil,
  span: PreparedSpan,
): void {
  const { traceId, spanId } = span.spanContext();
  writeHex(out, at + traceIdAt, traceId);
  writeHex(out, at + spanIdAt, spanId);
  if (parentIdAt !== undefined) writeHex(out, at + parentIdAt, span.parent!.spanId);
  const start = BigInt(span.startMs) * NANOS_A_MS;
  view.setBigUint64(at + startAt, start, true);
  view.setBigUint64(at + endAt, start + BigInt(Math.round(span.durationMs * 1e6)), true);
}

/** The contents of a message's field, and what the message holds besides, where all has a length. */
function split(message: Uint8Array, field: number): [content: Uint8Array, rest: Uint8Array] {
  const rest: number[] = [];
  let content: Uint8Array | undefined;
  for (let at = 0; at < message.length;) {
    const from = at;
    const tag = message[at++]!;
    if ((tag & 7) !== LENGTH_DELIMITED) throw new TypeError("a field of OTLP has no length");
    let length = 0;
    for (let shift = 0;; shift += 7) {
      const byte = message[at++]!;
      length |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    const value = message.slice(at, at += length);
    if (tag >> 3 === field) content = value;
    else rest.push(...message.subarray(from, at));
  }
  if (content === undefined) throw new TypeError(`OTLP's field ${field} is missing`);
  return [content, new Uint8Array(rest)];
}

/** Where `mark` is. */
function find(bytes: Uint8Array, mark: Uint8Array): number {
  const starts = (at: number): boolean => mark.every((byte, i) => bytes[at + i] === byte);
  const at = bytes.findIndex((_, i) => starts(i));
  if (at === -1) throw new TypeError("a span of OTLP lacks one of its ids or times");
  return at;
}

/** How long a field is with its tag and length in front. */
function sizeOf(length: number): number {
  let size = 1 + length;
  for (let left = length; size++, left >= 0x80;) left >>>= 7;
  return size;
}

/** A tag and a length; answers where the contents go. */
function writeHead(out: Uint8Array, from: number, field: number, length: number): number {
  let at = from;
  out[at++] = field << 3 | LENGTH_DELIMITED;
  let left = length;
  for (; left >= 0x80; left >>>= 7) out[at++] = left & 0x7f | 0x80;
  out[at++] = left;
  return at;
}

function writeHex(out: Uint8Array, from: number, hex: string): void {
  for (let i = 0, at = from; i < hex.length; i += 2) {
    out[at++] = digit(hex.charCodeAt(i)) << 4 | digit(hex.charCodeAt(i + 1));
  }
}

/** `0` to `9` end in their value; so do letters, of either case, but for 9. */
function digit(code: number): number {
  return (code & 15) + (code >> 6) * 9;
}

function hexBytes(hex: string): Uint8Array {
  const bytes = new Uint8Array(hex.length / 2);
  writeHex(bytes, 0, hex);
  return bytes;
}

function timeBytes([seconds, nanos]: HrTime): Uint8Array {
  const bytes = new Uint8Array(8);
  const time = BigInt(seconds) * 1_000_000_000n + BigInt(nanos);
  new DataView(bytes.buffer).setBigUint64(0, time, true);
  return bytes;
}
