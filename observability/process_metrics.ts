import { backgroundClock, memoryUsage } from "./_runtime.ts";
import type { Clock } from "./clock.ts";
import type { MetricsRegistry } from "./metrics_registry.ts";

/** Settings of {@linkcode observeProcess}. */
export interface ProcessMetricsOptions {
  /**
   * How often the event loop's lag is sampled.
   * @default 100
   */
  readonly intervalMs?: number;
  /**
   * Times and starts the samples.
   * @default the clock of the process, without keeping it alive
   */
  readonly clock?: Clock;
}

/** What {@linkcode observeProcess} started. */
export interface ProcessMetricsHandle {
  /** Stops sampling; the metrics stay, with what they have. */
  shutdown(): void;
}

const DEFAULT_INTERVAL_MS = 100;
const LAG_BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/**
 * Adds to `registry` what the process itself uses: the event loop's lag, heap and
 * resident memory.
 *
 * @throws {RangeError} when `intervalMs` isn't a positive number
 */
export function observeProcess(
  registry: MetricsRegistry,
  options: ProcessMetricsOptions = {},
): ProcessMetricsHandle {
  const { intervalMs = DEFAULT_INTERVAL_MS, clock = backgroundClock } = options;
  if (!(intervalMs > 0 && Number.isFinite(intervalMs))) {
    throw new RangeError(`Cannot observe process: intervalMs is ${intervalMs}, not positive`);
  }
  registerMemory(registry);
  const lag = registry.histogram("process_event_loop_lag_seconds", {
    help: "How much later than asked a timer ran.",
    buckets: LAG_BUCKETS,
  });
  let cancel = (): void => {};
  const sample = (): void => {
    const due = clock.now() + intervalMs;
    cancel = clock.setTimer(() => {
      lag.observe({}, Math.max(0, clock.now() - due) / 1_000);
      sample();
    }, intervalMs);
  };
  sample();
  return { shutdown: () => cancel() };
}

function registerMemory(registry: MetricsRegistry): void {
  registry.gauge("process_heap_used_bytes", {
    help: "JavaScript heap in use.",
    collect: (gauge) => gauge.set({}, memoryUsage().heapUsed),
  });
  registry.gauge("process_heap_size_bytes", {
    help: "JavaScript heap taken from the system.",
    collect: (gauge) => gauge.set({}, memoryUsage().heapTotal),
  });
  // Where the runtime can't tell, it says 0: then there is no such metric.
  if (memoryUsage().rss > 0) {
    registry.gauge("process_resident_memory_bytes", {
      help: "Memory of the process that is in RAM.",
      collect: (gauge) => gauge.set({}, memoryUsage().rss),
    });
  }
}
