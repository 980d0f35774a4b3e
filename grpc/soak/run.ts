/** Runs scenarios on a target and judges it afterwards. */
import { Echoes } from "../_echo_testing.ts";
import { createServiceClient, type Protocol } from "../mod.ts";
import type { Programs, Runtime, Target } from "./_programs.ts";
import { type Figures, mib, onClients, onServers, type Scenario } from "./scenarios.ts";

/** What came of a scenario. */
export interface Outcome {
  readonly name: string;
  readonly figures: Figures;
  readonly rssBefore: number;
  readonly rssAfter: number;
  /** What must not be, in words; empty when all is well. */
  readonly faults: readonly string[];
}

/** Options of {@linkcode runScenario}. */
export interface RunOptions {
  readonly runtime: Runtime;
  /** `bare` is a server without this package, for comparison. */
  readonly kind: "oprc" | "bare";
  readonly scale: number;
  /** How long memory may take to come back, in milliseconds. */
  readonly settleMs: number;
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * How much memory may stay, over what there was: half of it, and some for what engines keep of
 * code that has run for the first time, which counts in short runs only.
 */
const KEPT = 1.5;
const KEPT_ANYWAY_MIB = 40;

/** Runs one scenario on a fresh server. */
export async function runScenario(
  programs: Programs,
  name: string,
  options: RunOptions,
): Promise<Outcome> {
  const { runtime, kind, scale, settleMs } = options;
  const scenario: Scenario = { ...onServers, ...onClients }[name]!;
  const target = await programs.startTarget(runtime, kind);
  const faults: string[] = [];
  try {
    if (kind === "oprc") await warmUp(programs, target, runtime);
    else await target.stat();
    const before = (await target.stat()).rss;
    const figures = await scenario({ programs, runtime, target, scale });
    for (const [figure, value] of Object.entries(figures)) {
      if (kind === "oprc" && figure.startsWith("wrong") && value !== 0) {
        faults.push(`${figure} ${value}`);
      }
    }
    if (target.died()) {
      return { name, figures, rssBefore: mib(before), rssAfter: 0, faults: ["the server died"] };
    }
    let after = Infinity;
    for (const end = Date.now() + settleMs; Date.now() < end && after > before * 1.1;) {
      after = Math.min(after, (await target.stat()).rss);
      await wait(250);
    }
    if (after > before * KEPT + KEPT_ANYWAY_MIB * 1024 * 1024) {
      faults.push(`memory ${mib(before)} → ${mib(after)} MiB`);
    }
    if (kind === "oprc") faults.push(...await checkAlive(target));
    return { name, figures, rssBefore: mib(before), rssAfter: mib(after), faults };
  } finally {
    await target.kill();
  }
}

/** A start is not the state to come back to: engines compile and grow with the first calls. */
async function warmUp(programs: Programs, target: Target, runtime: Runtime): Promise<void> {
  await Promise.all(["unary", "stream"].map(async (mode) => {
    const load = programs.startLoad(runtime, [`warm${mode}`, target.endpoint, "1000", mode]);
    await load.stdin.close();
    await load.output();
  }));
}

/** Whether the server still does what it is for, over each protocol, and nothing went past it. */
export async function checkAlive(target: Target): Promise<string[]> {
  const faults: string[] = [];
  for (const protocol of ["grpc", "grpc-web", "connect"] as Protocol[]) {
    await using client = createServiceClient(Echoes, target.endpoint, { protocol });
    const { say } = client.call as unknown as {
      say(request: { text: string }): Promise<{ text: string }>;
    };
    try {
      if ((await say({ text: "alive" })).text !== "alive") faults.push(`${protocol}: wrong answer`);
    } catch (error) {
      faults.push(`${protocol}: ${error}`);
    }
  }
  const { uncaught, twice } = await target.stat();
  if (uncaught > 0) faults.push(`${uncaught} uncaught`);
  if (twice > 0) faults.push(`${twice} handled twice`);
  return faults;
}

/** An outcome on one line. */
export function line({ name, figures, rssBefore, rssAfter, faults }: Outcome): string {
  const all = Object.entries(figures).map(([figure, value]) => `${figure} ${value}`).join(", ");
  const ratio = (rssAfter / rssBefore).toFixed(2);
  const memory = `rss ${rssBefore} → ${rssAfter} MiB (${ratio} ×)`;
  return `${name.padEnd(16)} ${all}; ${memory}${
    faults.length > 0 ? `; BROKEN: ${faults.join("; ")}` : ""
  }`;
}
