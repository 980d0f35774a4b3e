/**
 * Side-by-side comparisons. The contenders of a comparison take turns in one
 * process, round by round, so that what else the machine does hits all alike;
 * ratios are of medians over rounds.
 */

/** One way of doing the work. */
export interface Contender {
  readonly name: string;
  /** Does the work once. A promise is awaited. */
  readonly run: () => unknown;
}

/** Ours beside others at the same work. */
export interface Comparison {
  readonly name: string;
  readonly ours: Contender;
  readonly others: readonly Contender[];
  /** The least ratio (theirs / ours, in time) that is aimed at, against the fastest other. */
  readonly atLeast?: number;
  /** How long each contender runs in a round, in milliseconds. @default 40 */
  readonly turnMs?: number;
  /** @default 15 */
  readonly rounds?: number;
}

/** One measured comparison. */
export interface Result {
  readonly section: string;
  readonly name: string;
  readonly runtime: string;
  readonly atLeast?: number;
  /** Nanoseconds for one run, median over rounds; ours first. */
  readonly contenders: readonly { readonly name: string; readonly ns: number }[];
  /** The fastest other's time over ours: above 1, ours is faster. */
  readonly ratio: number;
}

/** The runtime that this process is, with its version. */
export function runtimeName(): string {
  const scope = globalThis as {
    Deno?: { version: { deno: string } };
    process?: { version: string };
  };
  return scope.Deno ? `Deno ${scope.Deno.version.deno}` : `Node ${scope.process?.version.slice(1)}`;
}

/** Measures one comparison and prints it as a line of JSON, for `bench/main.ts` to collect. */
export async function compare(section: string, comparison: Comparison): Promise<Result> {
  const { ours, others, turnMs = 40, rounds = 15 } = comparison;
  const contenders = [ours, ...others];
  const samples = contenders.map((): number[] => []);
  const counts: number[] = [];
  for (const contender of contenders) counts.push(await calibrate(contender, turnMs));
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < contenders.length; turn++) {
      const i = (round + turn) % contenders.length;
      samples[i]!.push(await time(contenders[i]!, counts[i]!));
    }
  }
  const measured = contenders.map(({ name }, i) => ({ name, ns: median(samples[i]!) }));
  const fastest = Math.min(...measured.slice(1).map(({ ns }) => ns));
  const result: Result = {
    section,
    name: comparison.name,
    runtime: runtimeName(),
    atLeast: comparison.atLeast,
    contenders: measured,
    ratio: fastest / measured[0]!.ns,
  };
  console.log(`RESULT ${JSON.stringify(result)}`);
  return result;
}

/** How many runs fill a turn; warms up meanwhile. */
async function calibrate(contender: Contender, turnMs: number): Promise<number> {
  let count = 1;
  for (;;) {
    const ns = await time(contender, count) * count;
    if (ns >= turnMs * 1e6) return count;
    count = Math.max(count * 2, Math.min(count * 100, Math.ceil(count * turnMs * 1e6 / ns)));
  }
}

async function time({ run }: Contender, count: number): Promise<number> {
  const began = performance.now();
  for (let i = 0; i < count; i++) {
    const answer = run();
    if (answer instanceof Promise) await answer;
  }
  return Math.max(1, (performance.now() - began) * 1e6 / count);
}

/** The middle of the samples. */
export function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
