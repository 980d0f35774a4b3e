import { type CheckOutcome, CheckRunner } from "./_check_runner.ts";
import { systemClock } from "./_runtime.ts";
import type { Clock } from "./clock.ts";

/**
 * What a check decides. `liveness`: restart the process if it fails, so it never
 * depends on another service; `readiness`: send it requests; `startup`: it has
 * finished starting.
 */
export type HealthKind = "liveness" | "readiness" | "startup";

/** Something that must work. */
export interface HealthCheck {
  /** Names it in reports; unique within its kind. */
  readonly name: string;
  /** What it decides. */
  readonly kind: HealthKind;
  /** Fails by throwing or rejecting. `signal` aborts when its time is over. */
  readonly check: (signal: AbortSignal) => Promise<void> | void;
  /**
   * How long it may take: below the second that Kubernetes gives a probe.
   * @default 800
   */
  readonly timeoutMs?: number;
  /**
   * How long an answer is used again; 0 asks anew for each report.
   * @default 0
   */
  readonly cacheMs?: number;
}

/** How one check went. */
export interface HealthCheckResult {
  /** The check's name. */
  readonly name: string;
  /** Whether it passed. */
  readonly ok: boolean;
  /** Why it failed. */
  readonly error?: string;
  /** How long it took. */
  readonly durationMs: number;
}

/** How all checks of a kind went. */
export interface HealthReport {
  /** Whether all passed. */
  readonly ok: boolean;
  /** Each of them, in the order they were added. */
  readonly checks: readonly HealthCheckResult[];
}

/** What is known of a check without running it. */
export interface HealthCheckState {
  /** What it decides. */
  readonly kind: HealthKind;
  /** The check's name. */
  readonly name: string;
  /** Whether it passed the last time; `undefined` before it has been asked. */
  readonly ok: boolean | undefined;
  /** Whether it has not come back though its time is over. */
  readonly hanging: boolean;
}

/** Settings of a {@linkcode HealthRegistry}. */
export interface HealthRegistryOptions {
  /**
   * Times the checks.
   * @default the clock of the process
   */
  readonly clock?: Clock;
}

const DEFAULT_TIMEOUT_MS = 800;

/**
 * The checks of a service. One that hangs is reported as failed when its time is
 * over, and not started again before it has ended.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { HealthRegistry } from "@oprc/observability";
 *
 * const health = new HealthRegistry();
 * health.add({
 *   name: "store",
 *   kind: "readiness",
 *   check: () => Promise.reject(new Error("no connection")),
 * });
 *
 * const report = await health.check("readiness");
 * assertEquals(report.ok, false);
 * assertEquals(report.checks[0]?.error, "no connection");
 * assertEquals((await health.check("liveness")).ok, true);
 * ```
 */
export class HealthRegistry {
  readonly #clock: Clock;
  readonly #runners: { readonly kind: HealthKind; readonly runner: CheckRunner }[] = [];
  #draining = false;

  /** An empty registry: everything is well. */
  constructor(options: HealthRegistryOptions = {}) {
    this.#clock = options.clock ?? systemClock;
  }

  /**
   * Adds a check; the function answered removes it.
   *
   * @throws {TypeError} when there is one of that name and kind
   * @throws {RangeError} when a duration isn't positive (`cacheMs`: negative)
   */
  add(check: HealthCheck): () => void {
    const { name, kind, timeoutMs = DEFAULT_TIMEOUT_MS, cacheMs = 0 } = check;
    if (!(timeoutMs > 0 && Number.isFinite(timeoutMs))) {
      throw new RangeError(`Cannot add health check "${name}": timeoutMs is ${timeoutMs}`);
    }
    if (!(cacheMs >= 0)) {
      throw new RangeError(`Cannot add health check "${name}": cacheMs is ${cacheMs}`);
    }
    if (this.#runners.some((entry) => entry.kind === kind && entry.runner.name === name)) {
      throw new TypeError(
        `Cannot add health check "${name}": there is a ${kind} check of that name`,
      );
    }
    const runner = new CheckRunner({
      name,
      check: (signal) => check.check(signal),
      timeoutMs,
      cacheMs,
      clock: this.#clock,
    });
    const entry = { kind, runner };
    this.#runners.push(entry);
    return () => {
      const at = this.#runners.indexOf(entry);
      if (at !== -1) this.#runners.splice(at, 1);
    };
  }

  /** Runs the checks of a kind at the same time. Never rejects. */
  async check(kind: HealthKind): Promise<HealthReport> {
    const runners = this.#runners.filter((entry) => entry.kind === kind);
    const checks: CheckOutcome[] = await Promise.all(runners.map(({ runner }) => runner.run()));
    if (this.#draining && kind === "readiness") {
      checks.unshift({ name: "draining", ok: false, error: "shutting down", durationMs: 0 });
    }
    return { ok: checks.every(({ ok }) => ok), checks };
  }

  /** How each check went the last time, without running any. */
  latest(): readonly HealthCheckState[] {
    return this.#runners.map(({ kind, runner }) => ({
      kind,
      name: runner.name,
      ok: runner.latest?.ok,
      hanging: runner.hanging,
    }));
  }

  /** Whether the service is being taken out of use. */
  get draining(): boolean {
    return this.#draining;
  }

  /**
   * Takes the service out of use before it stops, or back into use: while
   * draining it isn't ready, but alive.
   */
  setDraining(draining: boolean): void {
    this.#draining = draining;
  }
}
