import type { Clock } from "./clock.ts";

/** How one run went. */
export interface CheckOutcome {
  readonly name: string;
  readonly ok: boolean;
  readonly error?: string;
  readonly durationMs: number;
}

interface CheckRunnerOptions {
  readonly name: string;
  readonly check: (signal: AbortSignal) => Promise<void> | void;
  readonly timeoutMs: number;
  readonly cacheMs: number;
  readonly clock: Clock;
}

/** Runs one check: once at a time, within its time, reusing what is fresh. */
export class CheckRunner {
  readonly #options: CheckRunnerOptions;
  /** The outcome that those who ask now share. */
  #running: Promise<CheckOutcome> | undefined;
  /** Set while a check goes on after its time was over. */
  #hangingSince: number | undefined;
  #last: { readonly outcome: CheckOutcome; readonly at: number } | undefined;

  constructor(options: CheckRunnerOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.name;
  }

  /** How the last run went, if there was one; one that hangs has failed. */
  get latest(): CheckOutcome | undefined {
    return this.#last?.outcome;
  }

  /** Whether a run goes on after its time was over. */
  get hanging(): boolean {
    return this.#hangingSince !== undefined;
  }

  run(): Promise<CheckOutcome> {
    const { name, cacheMs, clock } = this.#options;
    if (this.#running !== undefined) return this.#running;
    if (this.#hangingSince !== undefined) {
      const durationMs = clock.now() - this.#hangingSince;
      const error = `no answer for ${Math.round(durationMs)} ms, still waiting`;
      return Promise.resolve({ name, ok: false, error, durationMs });
    }
    if (this.#last !== undefined && clock.now() - this.#last.at < cacheMs) {
      return Promise.resolve(this.#last.outcome);
    }
    this.#running = this.#start().then((outcome) => {
      this.#last = { outcome, at: clock.now() };
      this.#running = undefined;
      return outcome;
    });
    return this.#running;
  }

  #start(): Promise<CheckOutcome> {
    const { name, check, timeoutMs, clock } = this.#options;
    const started = clock.now();
    const controller = new AbortController();
    return new Promise((resolve) => {
      const settle = (error: string | undefined): void => {
        cancel();
        this.#hangingSince = undefined;
        const durationMs = clock.now() - started;
        resolve(
          error === undefined
            ? { name, ok: true, durationMs }
            : { name, ok: false, error, durationMs },
        );
      };
      const cancel = clock.setTimer(() => {
        const error = `no answer within ${timeoutMs} ms`;
        this.#hangingSince = started;
        resolve({ name, ok: false, error, durationMs: clock.now() - started });
        controller.abort(new DOMException(error, "TimeoutError"));
      }, timeoutMs);
      // The call stands inside, so that what it throws at once is caught as well.
      new Promise<void>((done) => done(check(controller.signal)))
        .then(() => settle(undefined), (error) => settle(messageOf(error)));
    });
  }
}

/** No stack: reports leave the process. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message === "" ? error.name : error.message;
}
