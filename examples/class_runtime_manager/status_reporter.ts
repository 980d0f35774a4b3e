/** Tells the Package Manager how deployments fare, until it has heard. */
import { Code, ConnectError } from "@connectrpc/connect";
import type { PackageClient } from "@oprc/grpc";
import { createModel, toTimestamp } from "@oprc/models";
import type { Logger } from "@oprc/observability";
import { type DeploymentStatus, DeploymentStatusSchema } from "@oprc/proto/package";
import { sleep } from "../common/repeat.ts";

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5000;

/** How a deployment fares. */
export type StatusWord =
  | "PENDING"
  | "IN_PROGRESS"
  | "DEPLOYED"
  | "FAILED"
  | "SCALING"
  | "TERMINATING";

/**
 * Sends reports in order, one at a time for each deployment. A report that waits
 * is replaced by a later one: only the latest status matters.
 */
export class StatusReporter implements AsyncDisposable {
  readonly #client: PackageClient;
  readonly #logger: Logger;
  readonly #waiting = new Map<string, DeploymentStatus>();
  readonly #sending = new Map<string, Promise<void>>();
  readonly #closed = new AbortController();

  constructor(client: PackageClient, logger: Logger) {
    this.#client = client;
    this.#logger = logger;
  }

  /** Reports a status as soon as the Package Manager can be reached. */
  report(deploymentId: string, status: StatusWord, message?: string): void {
    if (this.#closed.signal.aborted) return;
    this.#waiting.set(
      deploymentId,
      createModel(DeploymentStatusSchema, {
        deploymentId,
        status,
        message,
        updatedAt: toTimestamp(new Date()),
      }),
    );
    if (!this.#sending.has(deploymentId)) {
      this.#sending.set(
        deploymentId,
        this.#send(deploymentId).finally(() => this.#sending.delete(deploymentId)),
      );
    }
  }

  async #send(id: string): Promise<void> {
    const { signal } = this.#closed;
    let waitMs = FIRST_WAIT_MS;
    for (let status = this.#waiting.get(id); status && !signal.aborted;) {
      try {
        await this.#client.reportDeploymentStatus(id, status, { signal });
        waitMs = FIRST_WAIT_MS;
        if (this.#waiting.get(id) === status) this.#waiting.delete(id);
      } catch (error) {
        if (signal.aborted) return;
        const { code, rawMessage } = ConnectError.from(error);
        if (code === Code.InvalidArgument || code === Code.NotFound && waitMs > 1000) {
          // The deployment is gone there, or was never known: nobody waits for this.
          this.#logger.warn("a status report was refused", {
            id,
            status: status.status,
            rawMessage,
          });
          if (this.#waiting.get(id) === status) this.#waiting.delete(id);
        } else {
          await sleep(waitMs, signal);
          waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
        }
      }
      status = this.#waiting.get(id);
    }
  }

  /** Stops; what has not been heard is reported again after the next start. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed.abort();
    await Promise.all(this.#sending.values());
  }
}
