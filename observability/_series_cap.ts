import type { Labels } from "./metric.ts";

/** The label value of everything beyond the cap. */
export const OVERFLOW = "other";

type Series = Record<string, string>;

/**
 * Bounds the series of one metric: a set of labels that comes when all places
 * are taken is counted under `other`. Series are never given up, so what was
 * counted under `other` once always is, and gauges stay balanced.
 */
export class SeriesCap {
  readonly #labels: readonly string[];
  readonly #max: number;
  readonly #admitted = new Map<string, Series>();
  readonly #overflow: Series;

  constructor(labels: readonly string[], max: number) {
    this.#labels = labels;
    this.#max = max;
    this.#overflow = Object.fromEntries(labels.map((label) => [label, OVERFLOW]));
  }

  /** The series that `labels` are counted in: these values or the overflow. */
  admit(labels: Labels): Series {
    let key = "";
    for (const label of this.#labels) {
      const value = textOf(labels[label]);
      // The length keeps ("a", "b") and ("a,b", "") apart.
      key += `${value.length}:${value}`;
    }
    const known = this.#admitted.get(key);
    if (known !== undefined) return known;
    if (this.#admitted.size >= this.#max) return this.#overflow;
    const series = Object.fromEntries(this.#labels.map((label) => [label, textOf(labels[label])]));
    this.#admitted.set(key, series);
    return series;
  }
}

function textOf(value: string | number | undefined): string {
  return value === undefined ? "" : String(value);
}
