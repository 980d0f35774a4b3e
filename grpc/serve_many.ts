import { defaultProcesses, inWorker } from "./_node/cluster.ts";
import { startGroup } from "./_node/worker_group.ts";
import { runWorker } from "./_node/worker.ts";
import type { ServiceRegistration } from "./registration.ts";
import { checkPort, DEFAULT_HOSTNAME, serve } from "./serve.ts";
import type { ServeOptions, Server } from "./server_options.ts";

/** How a process of {@linkcode serveMany} ended. */
export interface ProcessEnd {
  /** Its number in the operating system. */
  readonly pid: number;
  /** What it exited with, or null where a signal ended it. */
  readonly code: number | null;
  /** The signal that ended it, such as `SIGKILL`, or null. */
  readonly signal: string | null;
  /** In how many milliseconds another takes its place; undefined where none does. */
  readonly restartMs: number | undefined;
}

/** Options of {@linkcode serveMany}. */
export interface ServeManyOptions extends Omit<ServeOptions, "services"> {
  /**
   * What to answer. A function is called in the processes that answer, and not in the
   * first, which only watches over them.
   */
  readonly services:
    | readonly ServiceRegistration[]
    | (() => readonly ServiceRegistration[] | Promise<readonly ServiceRegistration[]>);
  /**
   * How many processes answer.
   *
   * @default {as many as the machine runs at once}
   */
  readonly processes?: number;
  /**
   * How long to wait before another process takes the place of one that ended, in
   * milliseconds. Doubles with each one that ended in the last minute, up to 30 seconds.
   *
   * @default {100}
   */
  readonly restartDelayMs?: number;
  /**
   * How many processes may end within a minute. With one more, something is wrong that new
   * processes don't cure: the others are shut down, and `finished` rejects.
   *
   * @default {10}
   */
  readonly maxRestarts?: number;
  /**
   * Is told of each process that ended unasked; only in the first process.
   *
   * @default {prints it with console.error}
   */
  readonly onProcessEnd?: (end: ProcessEnd) => void;
}

/** What {@linkcode serveMany} answers, in each of its processes. */
export interface ServerGroup extends Server {
  /** `first` in the process that watches over the others, `worker` in those that answer. */
  readonly role: "first" | "worker";
  /** The processes that answer, by their numbers; in a worker its own. */
  pids(): readonly number[];
}

/**
 * Answers on one port with several processes, which share its connections evenly. The
 * program is started once more for each of them, comes to the same `serveMany` there, and
 * serves; the first process watches over them, puts another in the place of each that ends,
 * and shuts down all together. What follows the call runs in every process: `role` tells
 * them apart.
 *
 * A client's connection stays with one process. Where there are few clients with one
 * connection each, several processes help little.
 *
 * @throws {TypeError | RangeError} when an option can't be used.
 * @throws {Error} when the processes can't serve, in the words of the first that said why.
 *
 * @example
 * ```ts ignore
 * import { runtimeService, serveMany } from "@oprc/grpc";
 *
 * const stop = new AbortController();
 * const server = await serveMany({
 *   services: () => [runtimeService({
 *     getRuntimeState: ({ instanceId }) => Promise.resolve({ runtimeState: { instanceId } }),
 *     updateRuntimeState: () => Promise.resolve({}),
 *     listActiveInstances: () => Promise.resolve({}),
 *   })],
 *   processes: 4,
 *   port: 50051,
 *   signal: stop.signal,
 * });
 * if (server.role === "first") Deno.addSignalListener("SIGTERM", () => stop.abort());
 * await server.finished;
 * ```
 */
export async function serveMany(options: ServeManyOptions): Promise<ServerGroup> {
  const { services, processes = defaultProcesses(), restartDelayMs = 100, maxRestarts = 10 } =
    options;
  checkWhole("processes", processes, 1);
  checkWhole("restartDelayMs", restartDelayMs, 1);
  checkWhole("maxRestarts", maxRestarts, 0);
  if (inWorker()) {
    return await runWorker(async (port) =>
      await serve({
        ...options,
        port,
        services: typeof services === "function" ? await services() : services,
      })
    );
  }
  options.signal?.throwIfAborted();
  return await startGroup({
    hostname: options.hostname ?? DEFAULT_HOSTNAME,
    port: checkPort(options.port),
    processes,
    restartDelayMs,
    maxRestarts,
    signal: options.signal,
    onProcessEnd: options.onProcessEnd ?? printEnd,
  });
}

function checkWhole(name: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least && value <= 0x7fff_ffff) return;
  throw new RangeError(`Cannot use ${name} ${value}: it is a whole number from ${least}`);
}

function printEnd({ pid, code, signal, restartMs }: ProcessEnd): void {
  const how = signal === null ? `with exit code ${code}` : `by ${signal}`;
  const next = restartMs === undefined ? "no other takes its place" : `another in ${restartMs} ms`;
  console.error(`Process ${pid} ended ${how}: ${next}`);
}
