import type { Expect, Revision } from "../port.ts";

/** What a client did with one key, and what came of it. */
export type Step = GetStep | WriteStep;

interface Span {
  readonly client: number;
  readonly key: string;
  /** When it was called and when it ended, on one clock for all clients. */
  readonly invoked: number;
  /** `Infinity` if that isn't known: it may take effect at any later time, or never. */
  readonly returned: number;
}

/** A read, and what it found. */
export interface GetStep extends Span {
  readonly type: "get";
  readonly found: { readonly value: string; readonly revision: Revision } | null;
}

/** A write of a value that nobody else writes, or a deletion. */
export interface WriteStep extends Span {
  readonly type: "write";
  /** `null` deletes. */
  readonly value: string | null;
  readonly expect: Expect;
  /** The revision of one that was applied; `"unknown"` goes with an open end. */
  readonly outcome: { readonly revision: Revision } | "conflict" | "unknown";
}

/**
 * Looks for an order of all steps on each key that explains what they found, and in which none
 * comes before one that had ended when it was called: the history is linearizable then. This is
 * the search of Wing and Gong with Lowe's memory of what was tried.
 *
 * @returns `undefined`, or what can't be explained
 */
export function contradiction(history: readonly Step[]): string | undefined {
  for (const key of new Set(history.map((step) => step.key))) {
    const steps = history.filter((step) => step.key === key);
    const why = versions(steps) ?? search(steps);
    if (why) return `key ${key}: ${why}`;
  }
}

type Known = ReadonlyMap<Revision, string>;

/** The values by revision, as steps know them. */
function known(steps: readonly Step[]): [revision: Revision, value: string][] {
  return steps.flatMap((step) => {
    if (step.type === "get") return step.found ? [[step.found.revision, step.found.value]] : [];
    const { outcome, value } = step;
    return typeof outcome === "object" && value !== null ? [[outcome.revision, value]] : [];
  });
}

/** Each value has one revision, and each revision one value, which somebody wrote. */
function versions(steps: readonly Step[]): string | undefined {
  const values = new Map<Revision, string>();
  const revisions = new Map<string, Revision>();
  const written = new Set(steps.map((step) => step.type === "write" ? step.value : undefined));
  for (const [revision, value] of known(steps)) {
    if (!written.has(value)) return `nobody wrote ${value}`;
    const other = values.get(revision) ?? value;
    if (other !== value) return `revision ${revision} is of ${other} and of ${value}`;
    const former = revisions.get(value) ?? revision;
    if (former !== revision) return `${value} is at revision ${former} and at ${revision}`;
    values.set(revision, value);
    revisions.set(value, revision);
  }
}

/** A call or the return of a step, in a list from which steps are taken out and put back. */
interface Node {
  readonly step: Step;
  readonly id: number;
  /** Of a call, unless it never returned. */
  readonly end: Node | undefined;
  readonly call: boolean;
  before: Node | undefined;
  after: Node | undefined;
}

function listOf(steps: readonly Step[]): Node {
  const nodes = steps.flatMap((step, id): Node[] => {
    const rest = { step, id, before: undefined, after: undefined };
    const end = step.returned === Infinity ? undefined : { ...rest, call: false, end: undefined };
    const call = { ...rest, call: true, end };
    return end ? [call, end] : [call];
  });
  const at = ({ call, step }: Node) => call ? step.invoked : step.returned;
  // At one moment calls come first, so that the two steps overlap.
  nodes.sort((a, b) => at(a) - at(b) || Number(b.call) - Number(a.call));
  const head: Node = {
    step: steps[0]!,
    id: -1,
    call: true,
    end: undefined,
    before: undefined,
    after: undefined,
  };
  let last = head;
  for (const node of nodes) {
    last.after = node;
    node.before = last;
    last = node;
  }
  return head;
}

function unlink(node: Node | undefined): void {
  if (!node) return;
  node.before!.after = node.after;
  if (node.after) node.after.before = node.before;
}

function relink(node: Node | undefined): void {
  if (!node) return;
  node.before!.after = node;
  if (node.after) node.after.before = node;
}

/** The value after a step, where `null` is none; `undefined` if the step doesn't fit. */
function apply(
  state: string | null,
  step: Step,
  values: Known,
  revisions: ReadonlyMap<string, Revision>,
): string | null | undefined {
  if (step.type === "get") return (step.found?.value ?? null) === state ? state : undefined;
  const { expect, outcome, value } = step;
  const wanted = typeof expect === "string" ? values.get(expect) : expect;
  // A revision that nobody has seen a value at is that of another key, or of nothing.
  const holds = expect === undefined || (wanted !== undefined && wanted === state);
  if (outcome === "conflict") return holds ? undefined : state;
  if (!holds) return undefined;
  const [from, to] = [state, value].map((one) => one === null ? undefined : revisions.get(one));
  return from !== undefined && to !== undefined && from >= to ? undefined : value;
}

function search(steps: readonly Step[]): string | undefined {
  const values: Known = new Map(known(steps));
  const revisions = new Map([...values].map(([revision, value]) => [value, revision]));
  const head = listOf(steps);
  let open = steps.filter((step) => step.returned !== Infinity).length;
  const taken: { node: Node; state: string | null }[] = [];
  const tried = new Set<string>();
  let done = 0n;
  let state: string | null = null;
  let furthest = { taken: -1, text: "" };
  let node = head.after;
  while (open > 0) {
    if (node!.call) {
      const { step, id } = node!;
      const next = apply(state, step, values, revisions);
      const now = done | 1n << BigInt(id);
      const trial = `${now.toString(36)} ${next}`;
      if (next === undefined || tried.has(trial)) {
        node = node!.after;
        continue;
      }
      tried.add(trial);
      taken.push({ node: node!, state });
      [state, done] = [next, now];
      unlink(node);
      unlink(node!.end);
      if (node!.end) open--;
      node = head.after;
      continue;
    }
    // This step has ended, so it must have had its turn by now.
    if (taken.length > furthest.taken) {
      furthest = { taken: taken.length, text: `${told(node!.step)} with ${state ?? "no value"}` };
    }
    const last = taken.pop();
    if (!last) return `nothing explains ${furthest.text}, after ${furthest.taken} other steps`;
    ({ node, state } = last);
    done &= ~(1n << BigInt(node.id));
    relink(node.end);
    relink(node);
    if (node.end) open++;
    node = node.after;
  }
}

function told(step: Step): string {
  const by = `client ${step.client}'s`;
  if (step.type === "get") return `${by} get of ${step.found?.value ?? "nothing"}`;
  const what = step.value === null ? "delete" : `put of ${step.value}`;
  const expects = step.expect === undefined ? "" : ` at ${step.expect ?? "nothing"}`;
  const { outcome } = step;
  return `${by} ${what}${expects}: ${typeof outcome === "object" ? outcome.revision : outcome}`;
}
