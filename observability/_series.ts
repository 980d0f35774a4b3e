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

/** The next label's values, and after the last label the series. */
type Branches<Cell> = Map<string, Branches<Cell> | Series<Cell>>;

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
  /** By one label after the other, so that finding a series puts no key together. */
  readonly #root: Branches<Cell> = new Map();
  readonly #all: Series<Cell>[] = [];
  #overflow: Series<Cell> | undefined;

  constructor(names: readonly string[], max: number, create: () => Cell) {
    this.#names = names;
    this.#max = max;
    this.#create = create;
    // Without labels there is one series, and it is there from the start.
    if (names.length === 0) this.#add({});
  }

  /** The cell that `labels` are counted in. */
  at(labels: Labels): Cell {
    let found: Branches<Cell> | Series<Cell> | undefined = this.#root;
    for (const name of this.#names) {
      found = (found as Branches<Cell>).get(textOf(labels[name]));
      if (found === undefined) return this.#add(labels).cell;
    }
    return this.#names.length === 0 ? this.#all[0]!.cell : (found as Series<Cell>).cell;
  }

  /** All series; those that come while one reads are among them. */
  *all(): Generator<Series<Cell>> {
    yield* this.#all;
    if (this.#overflow !== undefined) yield this.#overflow;
  }

  #add(labels: Labels): Series<Cell> {
    if (this.#all.length >= this.#max) return this.#overflow ??= this.#make(() => OVERFLOW);
    const series = this.#make((name) => textOf(labels[name]));
    this.#all.push(series);
    let branches = this.#root;
    for (const [i, value] of series.values.entries()) {
      if (i === series.values.length - 1) branches.set(value, series);
      else branches = branchesAt(branches, value);
    }
    return series;
  }

  #make(valueOf: (name: string) => string): Series<Cell> {
    const values = this.#names.map(valueOf);
    const labels = this.#names.map((name, i) => `${name}="${escapeLabel(values[i]!)}"`).join(",");
    return { values, labels, cell: this.#create() };
  }
}

function branchesAt<Cell>(branches: Branches<Cell>, value: string): Branches<Cell> {
  let next = branches.get(value) as Branches<Cell> | undefined;
  if (next === undefined) branches.set(value, next = new Map());
  return next;
}

function textOf(value: string | number | undefined): string {
  return typeof value === "string" ? value : value === undefined ? "" : String(value);
}

/** Escapes a label value as both text formats want it. */
export function escapeLabel(value: string): string {
  if (!/[\\"\n]/.test(value)) return value;
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
