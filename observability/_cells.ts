import type { SpanContext } from "@opentelemetry/api";
import { activeSpan } from "./_own_span_context.ts";
import type { CounterSeries, GaugeSeries, HistogramSeries } from "./metric.ts";

/** A counter's value. */
export class CounterCell implements CounterSeries {
  value = 0;

  reset(): void {
    this.value = 0;
  }

  inc(by = 1): void {
    // One value that isn't finite would spoil the series for good.
    if (by >= 0 && by < Infinity) this.value += by;
  }
}

/** A gauge's value. */
export class GaugeCell implements GaugeSeries {
  value = 0;

  reset(): void {
    this.value = 0;
  }

  set(value: number): void {
    if (Number.isFinite(value)) this.value = value;
  }

  inc(by = 1): void {
    if (Number.isFinite(by)) this.value += by;
  }

  dec(by = 1): void {
    if (Number.isFinite(by)) this.value -= by;
  }
}

/** One value of a bucket and the trace that it belongs to. */
export interface Exemplar {
  readonly traceId: string;
  readonly spanId: string;
  readonly value: number;
  readonly timeSeconds: number;
}

/** A histogram's buckets. */
export class HistogramCell implements HistogramSeries {
  /** Values in each bucket alone; the last one has no upper bound. */
  readonly counts: Float64Array;
  /** The latest sampled value of each bucket. */
  readonly exemplars: (Exemplar | undefined)[] | undefined;
  sum = 0;
  readonly #bounds: readonly number[];

  constructor(bounds: readonly number[], exemplars: boolean) {
    this.#bounds = bounds;
    this.counts = new Float64Array(bounds.length + 1);
    this.exemplars = exemplars ? [] : undefined;
  }

  reset(): void {
    this.counts.fill(0);
    this.sum = 0;
    if (this.exemplars !== undefined) this.exemplars.length = 0;
  }

  observe(value: number): void {
    this.observeIn(value, this.exemplars && activeSpan());
  }

  /** Counts what was measured in `span`. */
  observeIn(value: number, span: SpanContext | undefined): void {
    if (!Number.isFinite(value)) return;
    const bounds = this.#bounds;
    let at = 0;
    while (at < bounds.length && value > bounds[at]!) at++;
    this.counts[at]!++;
    this.sum += value;
    if (this.exemplars === undefined || span === undefined || (span.traceFlags & 1) === 0) return;
    const { traceId, spanId } = span;
    this.exemplars[at] = { traceId, spanId, value, timeSeconds: Date.now() / 1_000 };
  }
}
