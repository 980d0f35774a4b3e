/** Runs instances of functions. A runtime of a cluster is plugged in here. */
import type { ResourceRequirements } from "@oprc/proto/common";

/** One instance that is to run. */
export interface InstanceSpec {
  readonly id: string;
  readonly deploymentId: string;
  readonly functionKey: string;
  /** What it may use; absent where the function does not say. */
  readonly resources?: ResourceRequirements;
}

/** What starts and stops instances: containers, isolates, processes. */
export interface InstanceRunner extends AsyncDisposable {
  /** Returns when the instance takes calls; fails if it can't be started. */
  start(instance: InstanceSpec, signal: AbortSignal): Promise<void>;
  /** Returns when the instance is gone; one that does not run is gone already. */
  stop(id: string): Promise<void>;
  /** What an instance uses at present; `undefined` when it does not run. */
  usage(id: string): ResourceRequirements | undefined;
}

/**
 * A runner whose instances are only simulated: each takes `startMs` to start and
 * then uses what it asked for.
 */
export function simulatedRunner(options: { readonly startMs?: number } = {}): InstanceRunner {
  const { startMs = 50 } = options;
  const running = new Map<string, InstanceSpec>();
  return {
    async start(instance, signal) {
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => {
          signal.removeEventListener("abort", abort);
          resolve();
        }, startMs);
        const abort = () => {
          clearTimeout(timer);
          reject(signal.reason);
        };
        if (signal.aborted) abort();
        else signal.addEventListener("abort", abort, { once: true });
      });
      running.set(instance.id, instance);
    },
    stop(id) {
      running.delete(id);
      return Promise.resolve();
    },
    usage: (id) => running.get(id)?.resources,
    [Symbol.asyncDispose]() {
      running.clear();
      return Promise.resolve();
    },
  };
}
