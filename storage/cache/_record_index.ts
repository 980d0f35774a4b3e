import type { Query, Term } from "../_terms.ts";
import type { Known } from "../_following.ts";
import type { Entry, Revision } from "../port.ts";
import { add, Held, lowerBound, remove, type Sorted } from "./_held.ts";

/** The records of a term. */
interface Posting {
  /** The one copy of the text that all records share. */
  readonly term: Term;
  readonly records: Sorted;
}

/** What an index is made of. */
export interface RecordIndexParts {
  /** What the keys of the records start with. */
  readonly prefix: string;
  /** What a value can be found by; throws if it can't be decoded. */
  readonly termsOf: (value: Uint8Array) => readonly Term[];
  /** What a record can be found by beside. */
  readonly moreTermsOf: (key: string) => readonly Term[];
  /** The most bytes of values to hold. */
  readonly maxBytes: number;
}

const NONE: readonly Held[] = [];

/** Records in memory, in order and by their terms. */
export class RecordIndex implements Known {
  readonly #parts: RecordIndexParts;
  readonly #records = new Map<string, Held>();
  readonly #sorted: Sorted = [];
  readonly #postings = new Map<Term, Posting>();
  readonly #undecodable: Sorted = [];
  // Those whose values are held, the one that was used longest ago first. Only if there is a bound.
  readonly #used = new Set<Held>();
  readonly #bounded: boolean;
  #bytes = 0;

  constructor(parts: RecordIndexParts) {
    this.#parts = parts;
    this.#bounded = Number.isFinite(parts.maxBytes);
  }

  get size(): number {
    return this.#records.size;
  }

  /** The bytes of the values that are held. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How many records can't be decoded. */
  get undecodable(): number {
    return this.#undecodable.length;
  }

  /** The revision at which a key is known. */
  get(key: string): Revision | undefined {
    return this.#records.get(key)?.revision;
  }

  keys(): Iterable<string> {
    return this.#records.keys();
  }

  // Who follows delivers what it tells of here, and that is what changes the index.
  set(): void {}

  record(key: string): Held | undefined {
    return this.#records.get(key);
  }

  put({ key, value, revision }: Entry): void {
    let held = this.#records.get(key);
    if (!held) {
      held = new Held(key);
      this.#records.set(key, held);
      add(this.#sorted, held);
      add(this.#undecodable, held);
    }
    held.revision = revision;
    this.#hold(held, value);
    let terms: readonly Term[] | undefined;
    try {
      terms = [...this.#parts.termsOf(value), ...this.#parts.moreTermsOf(key)];
    } catch {
      // Reads that meet it say what is wrong with it.
      terms = undefined;
    }
    this.#setTerms(held, terms);
  }

  delete(key: string): void {
    const held = this.#records.get(key);
    if (!held) return;
    this.#records.delete(key);
    this.#hold(held, undefined);
    remove(this.#sorted, held);
    this.#setTerms(held, []);
  }

  /** Replaces what `moreTermsOf` said of a record before. */
  refresh(key: string, before: readonly Term[]): void {
    const held = this.#records.get(key);
    if (!held?.terms) return;
    const own = held.terms.slice(0, held.terms.length - before.length);
    this.#setTerms(held, [...own, ...this.#parts.moreTermsOf(key)]);
  }

  /** Takes back a value that was dropped, if it is still the record's. */
  refill(held: Held, entry: Entry): void {
    if (held.value || held.revision !== entry.revision) return;
    if (this.#records.get(held.key) === held) this.#hold(held, entry.value);
  }

  /** Notes that a record was read. */
  touch(held: Held): void {
    if (this.#bounded && held.value) {
      this.#used.delete(held);
      this.#used.add(held);
    }
  }

  /** The next records that fit a query, and those that nobody can tell of. */
  find({ name, terms }: Query, after: string, most: number): Held[] {
    const { prefix } = this.#parts;
    const start = prefix + (name?.prefix ?? "");
    const from = after < start ? start : `${after}\0`;
    let fewest: readonly Held[] | undefined;
    for (const wanted of terms) {
      const records = this.#postings.get(wanted)?.records ?? NONE;
      if (!fewest || records.length < fewest.length) fewest = records;
    }
    const base = fewest ?? this.#sorted;
    const broken = fewest ? this.#undecodable : NONE;
    let i = lowerBound(base, from);
    let j = lowerBound(broken, from);
    const found: Held[] = [];
    while (found.length < most) {
      const [a, b] = [base[i], broken[j]];
      const next = a && (!b || a.key < b.key) ? a : b;
      if (!next?.key.startsWith(start)) break;
      if (next === a) i++;
      else j++;
      if (name && !name.matches(next.key.slice(prefix.length))) continue;
      const has = next.terms;
      if (!has || terms.every((wanted) => has.includes(wanted))) found.push(next);
    }
    return found;
  }

  #hold(held: Held, value: Uint8Array | undefined): void {
    this.#bytes += (value?.length ?? 0) - (held.value?.length ?? 0);
    held.value = value;
    if (!this.#bounded) return;
    this.#used.delete(held);
    if (value) this.#used.add(held);
    for (const oldest of this.#used) {
      if (this.#bytes <= this.#parts.maxBytes) break;
      this.#bytes -= oldest.value!.length;
      oldest.value = undefined;
      this.#used.delete(oldest);
    }
  }

  /** Finds a record by other terms than before; `undefined`: by none, as it can't be decoded. */
  #setTerms(held: Held, wanted: readonly Term[] | undefined): void {
    const [before, after] = [new Set(held.terms), new Set(wanted)];
    for (const term of before) if (!after.has(term)) this.#unpost(term, held);
    if (!held.terms !== !wanted) {
      if (wanted) remove(this.#undecodable, held);
      else add(this.#undecodable, held);
    }
    for (const term of after) if (!before.has(term)) this.#post(term, held);
    held.terms = wanted?.map((term) => this.#postings.get(term)!.term);
  }

  #post(term: Term, held: Held): void {
    let posting = this.#postings.get(term);
    if (!posting) this.#postings.set(term, posting = { term, records: [] });
    add(posting.records, held);
  }

  #unpost(term: Term, held: Held): void {
    const { records } = this.#postings.get(term)!;
    remove(records, held);
    if (records.length === 0) this.#postings.delete(term);
  }
}
