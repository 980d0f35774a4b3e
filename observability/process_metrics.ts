import {
  backgroundClock,
  cpuSeconds,
  maxOpenFiles,
  memoryUsage,
  onGarbageCollected,
  openFiles,
} from "./_runtime.ts";
import type { Clock } from "./clock.ts";
import type { Histogram } from "./metric.ts";
import { type MetricsRegistry, registryOf } from "./metrics_registry.ts";
import type { PrometheusRegistry } from "./prometheus_registry.ts";

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

const GC_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25];

/**
 * Adds to `register` what the process itself uses: the event loop's lag, heap and
 * resident memory, processor time, garbage collection, open files. What the runtime
 * can't tell, or isn't permitted to (open files on Deno want `--allow-all`), is left out.
 *
 * @throws {RangeError} when `intervalMs` isn't a positive number
 */
export function observeProcess(
  register: PrometheusRegistry,
  options: ProcessMetricsOptions = {},
): ProcessMetricsHandle {
  const { intervalMs = DEFAULT_INTERVAL_MS, clock = backgroundClock } = options;
  if (!(intervalMs > 0 && Number.isFinite(intervalMs))) {
    throw new RangeError(`Cannot observe process: intervalMs is ${intervalMs}, not positive`);
  }
  const registry = registryOf(register);
  registerMemory(registry);
  registerSystem(registry);
  const stopGc = registerGc(registry);
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
  return {
    shutdown() {
      cancel();
      stopGc();
    },
  };
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

function registerSystem(registry: MetricsRegistry): void {
  const cpu = registry.counter("process_cpu_seconds_total", {
    help: "Processor time used, by the process and by the system for it.",
  });
  if (!countedCpu.has(registry)) {
    countedCpu.add(registry);
    let counted = 0;
    registry.onScrape(() => {
      const used = cpuSeconds();
      cpu.inc({}, used - counted);
      counted = used;
    });
  }
  registry.gauge("process_start_time_seconds", {
    help: "When the process began, since 1970.",
    aggregator: "min",
  }).set({}, performance.timeOrigin / 1_000);
  if (openFiles() !== undefined) {
    registry.gauge("process_open_fds", {
      help: "Files and sockets that are open.",
      collect: (gauge) => gauge.set({}, openFiles() ?? 0),
    });
  }
  const max = maxOpenFiles();
  if (max !== undefined) {
    registry.gauge("process_max_fds", { help: "How many may be open." }).set({}, max);
  }
}

/** Registries that count processor time already: a second call must not count it twice. */
const countedCpu = new WeakSet<MetricsRegistry>();

function registerGc(registry: MetricsRegistry): () => void {
  // Registered with the first collection: where none is ever told of, there is no metric.
  let gc: Histogram<"kind"> | undefined;
  return onGarbageCollected((kind, seconds) => {
    gc ??= registry.histogram("process_gc_duration_seconds", {
      help: "How long collections of garbage took.",
      labels: ["kind"],
      buckets: GC_BUCKETS,
    });
    gc.observe({ kind }, seconds);
  });
}
