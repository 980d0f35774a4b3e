/**
 * What observing a call costs: a process for each way of observing, all there at once, which
 * take turns slice by slice, so that whatever else the machine does hits all alike. Of each
 * all its processor time counts, from before the first slice to after the last: what waits for
 * export, collections of garbage and compiling between slices too.
 */
import { BODY, CONTEXT_ALONE, HEADERS, PATH, WARM_UP_HEADERS } from "./_observability_service.ts";
import { median } from "./_compare.ts";

const http = await import("node:http");
const { spawn } = await import("node:child_process");

/** How calls are observed, and the most that it may add to the bare call. */
const WAYS: readonly (readonly [who: string, more?: number])[] = [
  ["metrics and logs", 0.07],
  ["sampled 10 %", 0.2],
  ["sampled 100 %", 0.4],
];

/** The ways that are measured there. */
export function waysOf(where: Where): typeof WAYS {
  return where === "in process" ? [[CONTEXT_ALONE], ...WAYS] : WAYS;
}

/** In the process itself, or by HTTP. */
export type Where = "in process" | "under load";

/**
 * Short, for what else runs here changes within a second; with windows of 5,120 calls the same
 * process cost between 47 and 95 us a call.
 */
const SLICE_CALLS = 512;

interface Plan {
  /**
   * Until nothing is compiled any more, which takes processor time too: what happens to one
   * call of ten is compiled last.
   */
  readonly warmUpCalls: number;
  /**
   * What a compiler makes of a program differs from one start to the next: a call of one and
   * the same program takes up to a quarter more, and no number of calls of one start helps. The
   * median over four starts varied by 10 %.
   */
  readonly starts: number;
}

/** So few that there is time for more starts; ten of a hundred spans are a batch of the collector's. */
const SLICES = 10;

const PLANS: Readonly<Record<Where, Plan>> = {
  "in process": { warmUpCalls: 61_440, starts: 11 },
  "under load": { warmUpCalls: 30_720, starts: 7 },
};
const CALLERS = 16;

/** Nanoseconds of processor time of a call, by `bare` and each way. */
export type Costs = ReadonlyMap<string, number>;

/**
 * Measures all ways, with programs that `command` starts. A way's cost is that of the bare
 * call, median over starts, times the median over starts of what it costs beside the bare call
 * that took turns with it.
 */
export async function measureCalls(command: readonly string[], where: Where): Promise<Costs> {
  const starts: Costs[] = [];
  for (let start = 0; start < PLANS[where].starts; start++) {
    const programs: Program[] = [];
    try {
      starts.push(await takeTurns(command, where, programs));
    } finally {
      for (const { end } of programs) end();
    }
  }
  const bare = median(starts.map((costs) => costs.get("bare")!));
  const beside = (who: string) =>
    median(starts.map((costs) => costs.get(who)! / costs.get("bare")!));
  return new Map([...starts[0]!.keys()].map((who) => [who, bare * beside(who)]));
}

/** Starts a program for each way, and answers what a call cost each; the caller ends `started`. */
async function takeTurns(
  command: readonly string[],
  where: Where,
  started: Program[],
): Promise<Costs> {
  const start = async (...args: string[]): Promise<Program> => {
    const program = await startProgram([...command, ...args]);
    started.push(program);
    return program;
  };
  const collector = `http://127.0.0.1:${(await start("collector")).port}`;
  const mode = where === "in process" ? "call" : "serve";
  const subjects: { who: string; port: number }[] = [];
  for (const who of ["bare", ...waysOf(where).map(([who]) => who)]) {
    subjects.push({ who, port: (await start(mode, who, collector)).port });
  }
  const run = where === "in process" ? callsInside : callsFromOutside;
  const { warmUpCalls } = PLANS[where];
  await Promise.all(subjects.map(async ({ port }) => {
    await run(port, warmUpCalls / 6, WARM_UP_HEADERS);
    // Then as it is measured: what is compiled anew for it is no part of a call either.
    await run(port, warmUpCalls * 5 / 6, HEADERS);
  }));
  const used = async () => {
    const all: number[] = [];
    for (const { port } of subjects) all.push(Number(await ask(port, "GET", "/used")));
    return all;
  };
  const before = await used();
  for (let slice = 0; slice < SLICES; slice++) {
    for (let turn = 0; turn < subjects.length; turn++) {
      await run(subjects[(slice + turn) % subjects.length]!.port, SLICE_CALLS, HEADERS);
    }
  }
  const after = await used();
  const calls = SLICES * SLICE_CALLS;
  return new Map(subjects.map(({ who }, i) => [who, (after[i]! - before[i]!) * 1_000 / calls]));
}

interface Program {
  readonly port: number;
  end(): void;
}

/** Starts a program that says where it listens. Its log goes nowhere. */
function startProgram([name, ...args]: readonly string[]): Promise<Program> {
  const child = spawn(name!, args, { stdio: ["ignore", "pipe", "ignore"] });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code: number) => reject(new Error(`${args.join(" ")} ended with ${code}`)));
    child.stdout!.on("data", (data: Uint8Array) => {
      const port = /^PORT (\d+)$/m.exec(new TextDecoder().decode(data))?.[1];
      if (port !== undefined) resolve({ port: Number(port), end: () => child.kill("SIGKILL") });
    });
  });
}

const agent = new http.Agent({ keepAlive: true, maxSockets: CALLERS });

function ask(
  port: number,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: Uint8Array,
): Promise<string> {
  const length = { "content-length": body?.length ?? 0 };
  const options = { host: "127.0.0.1", port, agent, method, path };
  return new Promise((resolve, reject) => {
    const request = http.request({ ...options, headers: { ...headers, ...length } }, (response) => {
      let text = "";
      response.on("data", (data: Uint8Array) => text += data);
      response.on("end", () => resolve(text));
      if (response.statusCode !== 200) reject(new Error(`answered ${response.statusCode}`));
    });
    request.on("error", reject);
    request.end(body);
  });
}

async function callsInside(
  port: number,
  calls: number,
  headers: Record<string, string>,
): Promise<void> {
  const path = headers === HEADERS ? "/in-process" : "/warm-up";
  await ask(port, "GET", `${path}?${calls}`);
}

/** Calls the server, some at once. */
async function callsFromOutside(
  port: number,
  calls: number,
  headers: Record<string, string>,
): Promise<void> {
  let left = calls;
  await Promise.all(Array.from({ length: CALLERS }, async () => {
    while (left-- > 0) await ask(port, "POST", PATH, headers, BODY);
  }));
}
