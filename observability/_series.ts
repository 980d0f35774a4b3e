import type { Labels } from "./metric.ts";

/** The label value of everything beyond the cap. */
export const OVERFLOW = "other";

/** What is kept of one set of label values. */
export interface Series<Cell> {
  /** The label values, in the order of the metric's labels. */
  readonly values: readonly string[];
  /** `name="value",...`, escaped as both text formats want it. */
  readonly labels: string;
  readonly cell: Cell;
}

/**
 * The series of one metric, each with its cell. Their number is bounded: a set of
 * labels that comes when all places are taken is counted under `other`. Series are
 * never given up, so what was counted under `other` once always is, and gauges stay
 * balanced.
 */
export class SeriesMap<Cell> {
  readonly #names: readonly string[];
  readonly #max: number;
  readonly #create: () => Cell;
  readonly #byKey = new Map<string, Series<Cell>>();
  #overflow: Series<Cell> | undefined;

  constructor(names: readonly string[], max: number, create: () => Cell) {
    this.#names = names;
    this.#max = max;
    this.#create = create;
    // Without labels there is one series, and it is there from the start.
    if (names.length === 0) this.at({});
  }

  /** The cell that `labels` are counted in. */
  at(labels: Labels): Cell {
    let key = "";
    for (const name of this.#names) {
      const value = textOf(labels[name]);
      // The length keeps ("a", "b") and ("a,b", "") apart.
      key += `${value.length}:${value}`;
    }
    let series = this.#byKey.get(key);
    if (series === undefined) {
      if (this.#byKey.size >= this.#max) {
        return (this.#overflow ??= this.#make(() => OVERFLOW)).cell;
      }
      this.#byKey.set(key, series = this.#make((name) => textOf(labels[name])));
    }
    return series.cell;
  }

  /** All series; those that come while one reads are among them. */
  *all(): Generator<Series<Cell>> {
    yield* this.#byKey.values();
    if (this.#overflow !== undefined) yield this.#overflow;
  }

  #make(valueOf: (name: string) => string): Series<Cell> {
    const values = this.#names.map(valueOf);
    const labels = this.#names.map((name, i) => `${name}="${escapeLabel(values[i]!)}"`).join(",");
    return { values, labels, cell: this.#create() };
  }
}

function textOf(value: string | number | undefined): string {
  return value === undefined ? "" : String(value);
}

function escapeLabel(value: string): string {
  if (!/[\\"\n]/.test(value)) return value;
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
