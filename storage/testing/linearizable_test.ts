import { assert, assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import { StorageError } from "../errors.ts";
import { memoryStore } from "../memory.ts";
import type { Op } from "../port.ts";
import { contradiction, type Step } from "./_linearizable.ts";
import { record, type Register } from "./_recorder.ts";

type Rest = { at: [number, number?]; client?: number };
const span = ({ at: [invoked, returned = Infinity], client = 0 }: Rest) => ({
  client,
  key: "k",
  invoked,
  returned,
});

/** A read that found a value at a revision, as `a@1`, or nothing. */
function get(at: [number, number], found: string | null): Step {
  const [value, revision] = found?.split("@") as [string, string] ?? [];
  return { ...span({ at }), type: "get", found: found === null ? null : { value, revision } };
}

/** A write that was applied at a revision, as `a@1`; a value of `-` deletes. */
function wrote(at: [number, number], what: string, expect?: string | null): Step {
  const [value, revision] = what.split("@") as [string, string];
  const outcome = { revision };
  return { ...span({ at }), type: "write", value: value === "-" ? null : value, expect, outcome };
}

const refused = (at: [number, number], value: string, expect: string | null): Step => ({
  ...span({ at }),
  type: "write",
  value,
  expect,
  outcome: "conflict",
});

const unknown = (at: number, value: string | null, expect?: string | null): Step => ({
  ...span({ at: [at] }),
  type: "write",
  value,
  expect,
  outcome: "unknown",
});

const good: Record<string, Step[]> = {
  "of nothing": [],
  "one after the other": [
    get([0, 1], null),
    wrote([2, 3], "a@1", null),
    get([4, 5], "a@1"),
    wrote([6, 7], "b@2", "1"),
    refused([8, 9], "c", "1"),
    wrote([10, 11], "-@3", "2"),
    get([12, 13], null),
    wrote([14, 15], "d@4", null),
  ],
  "of reads beside a write, before and after it": [
    wrote([0, 9], "a@1"),
    get([1, 2], null),
    get([3, 4], "a@1"),
  ],
  "of a read that begins as a write ends": [wrote([0, 2], "a@1"), get([2, 3], null)],
  "of writes at one time in either order": [
    wrote([0, 9], "a@2"),
    wrote([1, 8], "b@1"),
    get([10, 11], "a@2"),
  ],
  "of two creates of which one is refused first": [
    refused([0, 5], "a", null),
    wrote([1, 6], "b@1", null),
  ],
  "of an unknown write that never shows": [unknown(0, "a"), get([1, 2], null), get([3, 4], null)],
  "of an unknown write that shows late": [
    unknown(0, "a"),
    get([1, 2], null),
    wrote([3, 4], "b@1"),
    get([5, 6], "b@1"),
    get([7, 8], "a@2"),
  ],
  "of an unknown deletion that shows": [
    wrote([0, 1], "a@1"),
    unknown(2, null, "1"),
    get([3, 4], null),
  ],
  "of an unknown write that only a conflict shows": [
    wrote([0, 1], "a@1"),
    unknown(2, "b", "1"),
    refused([3, 4], "c", "1"),
  ],
};

const bad: Record<string, [history: Step[], why: RegExp]> = {
  "of a read that is out of date": [
    [wrote([0, 1], "a@1"), wrote([2, 3], "b@2"), get([4, 5], "a@1")],
    /nothing explains client 0's get of a with b, after 2 other steps/,
  ],
  "of reads that go back": [
    [wrote([0, 1], "a@1"), wrote([2, 9], "b@2"), get([3, 4], "b@2"), get([5, 6], "a@1")],
    /get of a with b/,
  ],
  "of a lost write": [[wrote([0, 1], "a@1"), get([2, 3], null)], /get of nothing with a/],
  "of two swaps at one revision": [
    [wrote([0, 1], "a@1"), wrote([2, 5], "b@2", "1"), wrote([3, 4], "c@3", "1")],
    /at 1: [23] with/,
  ],
  "of two creates": [[wrote([0, 5], "a@1", null), wrote([1, 6], "b@2", null)], /at nothing/],
  "of a conflict with nobody": [
    [wrote([0, 1], "a@1"), refused([2, 3], "b", "1"), get([4, 5], "a@1")],
    /put of b at 1: conflict with a/,
  ],
  "of a refused create of what isn't there": [[refused([0, 1], "a", null)], /conflict with no/],
  "of what comes back after it was deleted": [
    [wrote([0, 1], "a@1"), wrote([2, 3], "-@2"), get([4, 5], "a@1")],
    /get of a with no value/,
  ],
  "of a value seen before it was written": [
    [get([0, 1], "a@1"), wrote([2, 3], "a@1")],
    /get of a with no value/,
  ],
  "of an unknown write seen before it was called": [
    [get([0, 1], "a@1"), unknown(2, "a")],
    /get of a with no value/,
  ],
  "of an unknown write applied twice": [
    [unknown(0, "a"), get([1, 2], "a@1"), wrote([3, 4], "b@2"), get([5, 6], "a@1")],
    /get of a with b/,
  ],
  "of an unknown swap that can't have been applied": [
    [wrote([0, 1], "a@1"), wrote([2, 3], "b@2"), unknown(4, "c", "1"), get([5, 6], "c@3")],
    /get of c with b/,
  ],
  "of revisions that go back": [
    [wrote([0, 1], "a@2"), wrote([2, 3], "b@1"), get([4, 5], "b@1")],
    /put of b: 1 with a/,
  ],
  "of a value that failed": [[get([0, 1], "a@1")], /nobody wrote a/],
  "of two values at one revision": [
    [wrote([0, 1], "a@1"), wrote([2, 3], "b@1")],
    /revision 1 is of a and of b/,
  ],
  "of one value at two revisions": [
    [wrote([0, 1], "a@1"), get([2, 3], "a@2")],
    /a is at revision 1 and at 2/,
  ],
};

for (const [what, history] of Object.entries(good)) {
  Deno.test(`contradiction() finds none in a history ${what}`, () => {
    assertEquals(contradiction(history), undefined);
  });
}

for (const [what, [history, why]] of Object.entries(bad)) {
  Deno.test(`contradiction() finds it in a history ${what}`, () => {
    assertMatch(contradiction(history) ?? "none", why);
  });
}

Deno.test("contradiction() looks at each key for itself", () => {
  const other = (step: Step): Step => ({ ...step, key: "other" });
  const mixed = good["one after the other"]!.flatMap((step) => [step, other(step)]);
  assertEquals(contradiction(mixed), undefined);
  const broken = [...mixed, ...bad["of two creates"]![0].map(other)];
  assertMatch(contradiction(broken) ?? "none", /^key other: /);
});

/** The same by trying every order, for a few steps; the value of step 3 is `v3`, at `3`. */
function explained(steps: readonly Step[], state: string | null, used: ReadonlySet<Step>): boolean {
  const left = steps.filter((step) => !used.has(step));
  if (left.every((step) => step.returned === Infinity)) return true;
  return left.some((step) => {
    if (left.some((other) => other.returned < step.invoked)) return false;
    const further = new Set([...used, step]);
    if (step.type === "get") {
      return (step.found?.value ?? null) === state && explained(steps, state, further);
    }
    const { expect, outcome, value } = step;
    const wanted = typeof expect === "string" && !revealed(steps, expect) ? "nowhere" : expect;
    const holds = wanted === undefined || (wanted && `v${wanted}`) === state;
    if (outcome === "conflict") return !holds && explained(steps, state, further);
    const back = value !== null && state !== null && state >= value &&
      [value, state].every((one) => revealed(steps, one.slice(1)));
    return holds && !back && explained(steps, value, further);
  });
}

/** Whether anybody was told of a revision. */
function revealed(steps: readonly Step[], revision: string): boolean {
  return steps.some((step) =>
    step.type === "get"
      ? step.found?.revision === revision
      : step.value !== null && typeof step.outcome === "object" &&
        step.outcome.revision === revision
  );
}

Deno.test("contradiction() agrees with trying every order", () => {
  const counts = { explained: 0, not: 0 };
  const drawn = fc.record({
    from: fc.nat({ max: 12 }),
    length: fc.integer({ min: 1, max: 6 }),
    kind: fc.constantFrom("get", "write", "write", "conflict", "unknown", "delete"),
    expect: fc.constantFrom(undefined, undefined, null, "1", "2", "3"),
    of: fc.constantFrom(null, 0, 1, 2, 3),
  });
  fc.assert(
    fc.property(fc.array(drawn, { minLength: 2, maxLength: 6 }), (steps) => {
      const history = steps.map(({ from, length, kind, expect, of }, i): Step => {
        // All are at moments of their own.
        const at: [number, number] = [from + i / 100, from + length + i / 100 + 0.001];
        if (kind === "get") return get(at, of === null ? null : `v${of}@${of}`);
        if (kind === "conflict") return refused(at, `v${i}`, expect ?? null);
        if (kind === "unknown") return unknown(at[0], `v${i}`, expect);
        return wrote(at, `${kind === "delete" ? "-" : `v${i}`}@${i}`, expect);
      });
      const found = contradiction(history);
      if (found?.includes("nobody wrote")) return;
      const expected = explained(history, null, new Set());
      assertEquals(found === undefined, expected, found);
      counts[expected ? "explained" : "not"]++;
    }),
    { numRuns: 3000 },
  );
  assert(counts.explained > 200 && counts.not > 200, JSON.stringify(counts));
});

Deno.test("record() of a store that is linearizable has no contradiction", async () => {
  await using store = memoryStore();
  const registers = Array.from({ length: 8 }, () => store);
  const history = await record(registers, { steps: 250 });
  assert(history.length > 1500);
  const outcomes = history.map((step) => step.type === "get" ? "get" : typeof step.outcome);
  for (const kind of ["get", "object", "string"] as const) assert(outcomes.includes(kind), kind);
  assertEquals(contradiction(history), undefined);
});

Deno.test("record() of unknown outcomes has no contradiction either", async () => {
  await using store = memoryStore();
  let calls = 0;
  const forgetful: Register = {
    get: (key) => store.get(key),
    async commit(ops) {
      const turn = calls++ % 10;
      if (turn === 3) throw new StorageError("unavailable", "Cannot commit: nobody is there");
      if (turn === 8) {
        // Comes through much later.
        setTimeout(() => store.commit(ops).catch(() => {}), 1);
        throw new StorageError("unknown", "Cannot tell whether it was applied");
      }
      const revision = await store.commit(ops);
      if (turn === 5) throw new StorageError("unknown", "Cannot tell whether it was applied");
      return revision;
    },
  };
  const slow: Register = {
    get: (key) => new Promise((resolve) => setTimeout(() => resolve(store.get(key)), 1)),
    commit: (ops) => store.commit(ops),
  };
  const history = await record([forgetful, slow, forgetful, slow], { steps: 100 });
  assert(history.some((step) => step.returned === Infinity));
  assertEquals(contradiction(history), undefined);
});

/** A store that is wrong now and then. */
function wrong(store: Register, change: (turn: number) => Partial<Register> | undefined): Register {
  let turn = 0;
  return {
    get: (key) => (change(turn++)?.get ?? store.get.bind(store))(key),
    commit: (ops) => (change(turn++)?.commit ?? store.commit.bind(store))(ops),
  };
}

Deno.test("record() shows reads out of date, lost writes, and swaps that weren't", async () => {
  const faults: ((store: Register) => Register)[] = [
    (store) => {
      const old = new Map<string, Awaited<ReturnType<Register["get"]>>>();
      return wrong(store, (turn) => ({
        async get(key) {
          const entry = await store.get(key);
          if (turn % 7 !== 3) old.set(key, entry);
          return turn % 7 === 3 && old.has(key) ? old.get(key) : entry;
        },
      }));
    },
    (store) =>
      wrong(
        store,
        (turn) => turn % 20 !== 9 ? undefined : { commit: () => Promise.resolve(`9${turn}`) },
      ),
    (store) =>
      wrong(store, (turn) =>
        turn % 5 !== 3 ? undefined : {
          commit: (ops) => store.commit(ops.map((op) => ({ ...op, expect: undefined }) as Op)),
        }),
    (store) =>
      wrong(store, (turn) =>
        turn % 20 !== 9 ? undefined : {
          async commit(ops) {
            await store.commit(ops);
            throw new StorageError("unavailable", "Cannot commit: or so it says");
          },
        }),
  ];
  for (const fault of faults) {
    await using store = memoryStore();
    const broken = fault(store);
    const history = await record([broken, store, broken, store], { steps: 200 });
    assert(contradiction(history), fault.toString());
  }
});
