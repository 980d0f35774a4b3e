import { isSpanContextValid, type SpanContext, type TraceState } from "@opentelemetry/api";

/** What a span is to others, with ids of our own making: nobody needs to check those. */
export class OwnSpanContext implements SpanContext {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: number;
  readonly traceState: TraceState | undefined;

  constructor(
    traceId: string,
    spanId: string,
    traceFlags: number,
    traceState: TraceState | undefined,
  ) {
    this.traceId = traceId;
    this.spanId = spanId;
    this.traceFlags = traceFlags;
    this.traceState = traceState;
  }
}

/** Whether its ids are ids; reading 48 digits for each log line is what this spares. */
export function isValid(span: SpanContext): boolean {
  return span instanceof OwnSpanContext || isSpanContextValid(span);
}
