/**
 * What observing a call costs: a process for each way of observing, all there at once, and
 * windows of calls by turns, so that whatever else the machine does hits all alike. A
 * window's cost is the processor time that its process says it took.
 */
import { BODY, HEADERS, PATH, WARM_UP_HEADERS } from "./_observability_service.ts";
import { median } from "./_compare.ts";

const http = await import("node:http");
const { spawn } = await import("node:child_process");

/** How calls are observed, and the most that it may add to the bare call. */
export const WAYS: readonly (readonly [who: string, more: number])[] = [
  ["metrics and logs", 0.07],
  ["sampled 10 %", 0.2],
  ["sampled 100 %", 0.4],
];

/** In the process itself, or by HTTP. */
export type Where = "in process" | "under load";

/** So many that ten of a hundred sampled spans are a whole batch for the collector. */
const WINDOW_CALLS = 5_120;
/** Until nothing is compiled any more, which takes processor time too: some 30,000 calls. */
const WARM_UP_WINDOWS = 6;
const WINDOWS = 4;
/** What a compiler makes of a program differs from one start to the next by a tenth and more. */
const STARTS = 3;
const CALLERS = 16;

/** Nanoseconds of processor time of a call, by `bare` and each way. */
export type Costs = ReadonlyMap<string, number>;

/** Measures all ways, with programs that `command` starts: the median of starts and windows. */
export async function measureCalls(command: readonly string[], where: Where): Promise<Costs> {
  const samples = new Map<string, number[]>();
  for (const who of ["bare", ...WAYS.map(([who]) => who)]) samples.set(who, []);
  for (let start = 0; start < STARTS; start++) {
    const programs: Program[] = [];
    try {
      await takeTurns(command, where, samples, programs);
    } finally {
      for (const { end } of programs) end();
    }
  }
  return new Map([...samples].map(([who, ns]) => [who, median(ns)]));
}

/** Starts a program for each way, adds windows of each to `samples`; the caller ends `started`. */
async function takeTurns(
  command: readonly string[],
  where: Where,
  samples: ReadonlyMap<string, number[]>,
  started: Program[],
): Promise<void> {
  const start = async (...args: string[]): Promise<Program> => {
    const program = await startProgram([...command, ...args]);
    started.push(program);
    return program;
  };
  const collector = `http://127.0.0.1:${(await start("collector")).port}`;
  const mode = where === "in process" ? "call" : "serve";
  const subjects: { port: number; windows: number[] }[] = [];
  for (const [who, windows] of samples) {
    subjects.push({ port: (await start(mode, who, collector)).port, windows });
  }
  const run = where === "in process" ? callsInside : callsFromOutside;
  for (const { port } of subjects) await run(port, WARM_UP_HEADERS);
  // Then as it is measured: what is compiled anew for it is no part of a call either.
  for (let window = 1; window < WARM_UP_WINDOWS; window++) {
    for (const { port } of subjects) await run(port, HEADERS);
  }
  for (let window = 0; window < WINDOWS; window++) {
    for (let turn = 0; turn < subjects.length; turn++) {
      const { port, windows } = subjects[(window + turn) % subjects.length]!;
      windows.push(await run(port, HEADERS) * 1_000 / WINDOW_CALLS);
    }
  }
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

async function callsInside(port: number, headers: Record<string, string>): Promise<number> {
  const path = headers === HEADERS ? "/in-process" : "/warm-up";
  return Number(await ask(port, "GET", `${path}?${WINDOW_CALLS}`));
}

/** Calls the server, some at once. */
async function callsFromOutside(port: number, headers: Record<string, string>): Promise<number> {
  await ask(port, "GET", "/used");
  let left = WINDOW_CALLS;
  await Promise.all(Array.from({ length: CALLERS }, async () => {
    while (left-- > 0) await ask(port, "POST", PATH, headers, BODY);
  }));
  return Number(await ask(port, "GET", "/used"));
}
