import cluster, { type Worker } from "node:cluster";
import { createServer } from "node:net";
import type { ProcessEnd, ServerGroup } from "../serve_many.ts";
import type { ServerAddress, ShutdownOptions } from "../server_options.ts";
import { type FromWorker, isOurs, PORT_VARIABLE, type ToWorker } from "./cluster.ts";
import { bind } from "./bind.ts";
import { createRestartPolicy } from "./restart_policy.ts";

/** What a group of workers is started with. */
export interface GroupOptions {
  readonly hostname: string;
  readonly port: number;
  readonly processes: number;
  readonly restartDelayMs: number;
  readonly maxRestarts: number;
  readonly signal: AbortSignal | undefined;
  readonly onProcessEnd: (end: ProcessEnd) => void;
}

const DEFAULT_GRACE_MS = 10_000;

/** How long a worker that serves no more may take to end. */
const LEAVE_MS = 5000;

let running = false;

/** Starts the workers, and resolves when all of them serve. */
export async function startGroup(options: GroupOptions): Promise<ServerGroup> {
  if (running) {
    throw new Error("Cannot serve: this program has a serveMany that runs already");
  }
  running = true;
  try {
    return await startWorkers(options, await findPort(options));
  } catch (error) {
    running = false;
    throw error;
  }
}

/**
 * The port to use. Found here, so that a worker that takes another's place gets the same,
 * and a port that is taken is told before anything is started.
 */
async function findPort({ hostname, port }: GroupOptions): Promise<number> {
  const server = createServer();
  const { port: found } = await bind(server, { hostname, port });
  await new Promise((resolve) => server.close(resolve));
  return found;
}

function startWorkers(options: GroupOptions, port: number): Promise<ServerGroup> {
  const { processes, signal, onProcessEnd } = options;
  const nextRestart = createRestartPolicy(options);
  const workers = new Set<Worker>();
  const timers = new Set<ReturnType<typeof setTimeout>>();
  let addr: ServerAddress | undefined;
  /** Those of them that serve. */
  const serving = new Set<Worker>();
  let shuttingDown = false;
  let failure: Error | undefined;

  let started!: (group: ServerGroup) => void;
  let startFailed!: (error: Error) => void;
  const starting = new Promise<ServerGroup>((resolve, reject) => {
    started = resolve;
    startFailed = reject;
  });
  let end!: () => void;
  const ended = new Promise<void>((resolve) => end = resolve);
  const finished = ended.then(() => {
    if (failure !== undefined && isStarted) throw failure;
  });
  let isStarted = false;

  function start(): void {
    workers.add(cluster.fork({ [PORT_VARIABLE]: String(port) }));
  }
  const onMessage = (worker: Worker, message: unknown) => {
    if (!workers.has(worker) || !isOurs<FromWorker>(message)) return;
    if (message.oprc === "failed") {
      if (!isStarted) failure ??= new Error(message.message);
      return;
    }
    addr ??= message.addr;
    serving.add(worker);
    if (!isStarted && serving.size === processes) {
      isStarted = true;
      started(group);
    }
  };
  const onExit = (worker: Worker, code: number | null, name: string | null) => {
    if (!workers.delete(worker)) return;
    // Told again, where Deno 2.9.3 has lost it: else what node:cluster holds for the process
    // stays, and keeps this one from ending.
    if (worker.isConnected()) worker.process.disconnect();
    const pid = worker.process.pid ?? 0;
    const served = serving.delete(worker) || isStarted;
    if (!shuttingDown) {
      // Who can't serve in the first place won't the next time.
      const restartMs = served ? nextRestart() : undefined;
      const how = name ? `by ${name}` : `with exit code ${code}`;
      if (served) onProcessEnd({ pid, code: name ? null : code, signal: name, restartMs });
      if (restartMs !== undefined) {
        const timer = setTimeout(() => {
          timers.delete(timer);
          start();
        }, restartMs);
        timers.add(timer);
      } else {
        failure ??= served
          ? new Error(
            `Cannot keep ${processes} processes running: more than ${options.maxRestarts} ended ` +
              `within a minute, the last ${how}`,
          )
          : new Error(`Cannot serve: a process ended ${how} before it listened`);
        void shutdown();
      }
    }
    finishIfDone();
  };
  function finishIfDone(): void {
    if (!shuttingDown || workers.size > 0) return;
    for (const timer of timers) clearTimeout(timer);
    cluster.off("message", onMessage);
    cluster.off("exit", onExit);
    signal?.removeEventListener("abort", onAbort);
    running = false;
    if (!isStarted) startFailed(failure ?? new Error("Cannot serve: it was shut down"));
    end();
  }
  function shutdown({ graceMs = DEFAULT_GRACE_MS }: ShutdownOptions = {}): Promise<void> {
    if (!(graceMs >= 0)) {
      throw new RangeError(`Cannot use graceMs ${graceMs}: it is a number of milliseconds from 0`);
    }
    shuttingDown = true;
    const message: ToWorker = { oprc: "shutdown", graceMs };
    for (const worker of workers) {
      // One that has just died takes no message; its exit is told of.
      if (worker.isConnected()) worker.send(message, () => {});
    }
    for (const timer of timers) clearTimeout(timer);
    timers.clear();
    const cut = setTimeout(() => {
      for (const worker of workers) worker.process.kill("SIGKILL");
    }, Math.min(graceMs + LEAVE_MS, 0x7fff_ffff));
    timers.add(cut);
    finishIfDone();
    return ended;
  }
  const onAbort = () => void shutdown();
  const group: ServerGroup = {
    role: "first",
    get addr() {
      return addr!;
    },
    finished,
    pids: () => [...workers].map((worker) => worker.process.pid ?? 0),
    shutdown: async (shutdownOptions) => await shutdown(shutdownOptions),
    [Symbol.asyncDispose]: () => shutdown(),
  };
  cluster.on("message", onMessage);
  cluster.on("exit", onExit);
  signal?.addEventListener("abort", onAbort);
  for (let i = 0; i < processes; i++) start();
  return starting;
}
