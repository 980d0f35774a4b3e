import cluster from "node:cluster";
import { availableParallelism } from "node:os";
import type { ServerAddress } from "../server_options.ts";

/** What a worker tells the first process. */
export type FromWorker =
  | { readonly oprc: "listening"; readonly addr: ServerAddress }
  | { readonly oprc: "failed"; readonly message: string };

/** What the first process tells a worker. */
export interface ToWorker {
  readonly oprc: "shutdown";
  readonly graceMs: number;
}

/** Tells a worker which port the group has. */
export const PORT_VARIABLE = "OPRC_SERVE_MANY_PORT";

/** Whether this process was started by `serveMany` of another. */
export function inWorker(): boolean {
  return cluster.isWorker;
}

/** As many processes as the machine runs at once. */
export function defaultProcesses(): number {
  return availableParallelism();
}

/** What a message is, if it is one of ours: a program may send others. */
export function isOurs<M extends { oprc: string }>(message: unknown): message is M {
  return typeof message === "object" && message !== null && "oprc" in message;
}
