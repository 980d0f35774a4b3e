/** Makes the instances that run agree with the deployments that are stored. */
import { createModel, toTimestamp } from "@oprc/models";
import type { Logger } from "@oprc/observability";
import { RuntimeStateSchema } from "@oprc/proto/runtime";
import {
  type DeploymentStorage,
  isConflict,
  type RuntimeStorage,
  type StoredPage,
} from "@oprc/storage";
import { KeyedLock } from "../common/keyed_lock.ts";
import { repeat } from "../common/repeat.ts";
import type { InstanceRunner, InstanceSpec } from "./instance_runner.ts";
import { instancesOf, sameInstance } from "./instances.ts";
import type { StatusReporter } from "./status_reporter.ts";

/** What a Supervisor is built from. */
export interface SupervisorOptions {
  readonly deployments: DeploymentStorage;
  readonly runtimes: RuntimeStorage;
  readonly runner: InstanceRunner;
  readonly reporter: StatusReporter;
  readonly logger: Logger;
  readonly heartbeatMs: number;
}

/**
 * Starts and stops instances, keeps their states with heartbeats, and reports
 * how each deployment fares. What is stored is what is wanted: after a crash the
 * next start brings everything back.
 */
export class Supervisor implements AsyncDisposable {
  readonly #options: SupervisorOptions;
  readonly #running = new Map<string, InstanceSpec>();
  readonly #lock = new KeyedLock();
  readonly #closed = new AbortController();
  readonly #work = new Set<Promise<void>>();
  #heartbeat: AsyncDisposable | undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  /** Brings up what is stored, and starts the heartbeats. */
  start(): void {
    const { heartbeatMs, logger } = this.#options;
    this.#background("cannot bring up the stored deployments", () => this.#bringUp());
    this.#heartbeat = repeat(heartbeatMs, () => this.#beat(), (error) => {
      logger.error("cannot write heartbeats", { error });
    });
  }

  /** Makes a deployment's instances what is stored of it, in the background. */
  apply(deploymentId: string, phase: "IN_PROGRESS" | "SCALING"): void {
    this.#options.reporter.report(deploymentId, phase);
    this.#background(
      `cannot bring up deployment "${deploymentId}"`,
      () => this.#lock.run(deploymentId, () => this.#reconcile(deploymentId)),
    );
  }

  /** Ends all instances of a deployment, and returns when they are gone. */
  async remove(deploymentId: string): Promise<void> {
    await this.#lock.run(deploymentId, () => this.#stopAllBut(deploymentId, new Set()));
  }

  async #bringUp(): Promise<void> {
    const { deployments, runtimes } = this.#options;
    const known = new Set<string>();
    await this.#eachPage((cursor) => deployments.listDeployments({}, { cursor }), ({ key }) => {
      known.add(key);
      this.apply(key, "IN_PROGRESS");
    });
    // A crash between the end of a deployment and that of its instances leaves their states.
    const orphans = new Set<string>();
    await this.#eachPage((cursor) => runtimes.listRuntimes({}, { cursor }), (state) => {
      if (!known.has(state.deploymentId)) orphans.add(state.deploymentId);
    });
    for (const deploymentId of orphans) {
      await this.#lock.run(deploymentId, () => this.#reconcile(deploymentId));
    }
  }

  async #eachPage<T>(
    readPage: (cursor: string | undefined) => Promise<StoredPage<T>>,
    use: (value: T) => void,
  ): Promise<void> {
    let cursor: string | undefined;
    do {
      const page = await readPage(cursor);
      for (const { value } of page.items) use(value);
      cursor = page.cursor;
    } while (cursor !== undefined && !this.#closed.signal.aborted);
  }

  async #reconcile(deploymentId: string): Promise<void> {
    const { deployments, reporter } = this.#options;
    const deployment = (await deployments.getDeployment(deploymentId))?.value;
    const wanted = deployment === undefined ? [] : instancesOf(deployment);
    await this.#stopAllBut(deploymentId, new Set(wanted.map(({ id }) => id)));
    if (deployment === undefined) return;
    const failures: string[] = [];
    await Promise.all(wanted.map(async (instance) => {
      const present = this.#running.get(instance.id);
      if (present !== undefined && sameInstance(present, instance)) return;
      try {
        if (present !== undefined) await this.#stop(instance.id);
        await this.#start(instance);
      } catch (error) {
        if (this.#closed.signal.aborted) return;
        await this.#saveState(instance, "FAILED");
        failures.push(`${instance.id}: ${error instanceof Error ? error.message : error}`);
      }
    }));
    if (this.#closed.signal.aborted) return;
    if (failures.length > 0) reporter.report(deploymentId, "FAILED", failures.join("; "));
    else reporter.report(deploymentId, "DEPLOYED", `${wanted.length} instances run`);
  }

  async #start(instance: InstanceSpec): Promise<void> {
    await this.#saveState(instance, "STARTING");
    await this.#options.runner.start(instance, this.#closed.signal);
    this.#running.set(instance.id, instance);
    await this.#saveState(instance, "RUNNING");
  }

  async #stop(instanceId: string): Promise<void> {
    await this.#options.runner.stop(instanceId);
    this.#running.delete(instanceId);
    await this.#options.runtimes.deleteRuntime(instanceId);
  }

  async #stopAllBut(deploymentId: string, kept: ReadonlySet<string>): Promise<void> {
    const superfluous: string[] = [];
    await this.#eachPage(
      (cursor) => this.#options.runtimes.listRuntimes({ deploymentId }, { cursor }),
      ({ instanceId }) => {
        if (!kept.has(instanceId)) superfluous.push(instanceId);
      },
    );
    for (const instanceId of superfluous) await this.#stop(instanceId);
  }

  async #saveState(instance: InstanceSpec, status: string): Promise<void> {
    await this.#options.runtimes.storeRuntime(createModel(RuntimeStateSchema, {
      instanceId: instance.id,
      deploymentId: instance.deploymentId,
      status,
      currentResources: this.#options.runner.usage(instance.id),
      lastHeartbeat: toTimestamp(new Date()),
      metadata: { function_key: instance.functionKey },
    }));
  }

  async #beat(): Promise<void> {
    const { runtimes, runner } = this.#options;
    for (const instance of [...this.#running.values()]) {
      const stored = await runtimes.getRuntime(instance.id);
      if (stored?.value.status !== "RUNNING") continue;
      try {
        // Only over the state just read: an instance that ended meanwhile stays ended.
        await runtimes.storeRuntime({
          ...stored.value,
          currentResources: runner.usage(instance.id),
          lastHeartbeat: toTimestamp(new Date()),
        }, { expect: stored.revision });
      } catch (error) {
        if (!isConflict(error)) throw error;
      }
    }
  }

  #background(failure: string, task: () => Promise<void>): void {
    if (this.#closed.signal.aborted) return;
    const work = task().catch((error: unknown) => {
      if (!this.#closed.signal.aborted) this.#options.logger.error(failure, { error });
    }).finally(() => this.#work.delete(work));
    this.#work.add(work);
  }

  /** Ends the instances; their states say STOPPED until the next start. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed.abort();
    await this.#heartbeat?.[Symbol.asyncDispose]();
    while (this.#work.size > 0) await Promise.all(this.#work);
    for (const instance of this.#running.values()) {
      await this.#options.runner.stop(instance.id);
      await this.#saveState(instance, "STOPPED");
    }
    this.#running.clear();
  }
}
