import { ExportQueue, type LossReason } from "./_export_queue.ts";
import type { OtlpCodec } from "./_otlp_codec.ts";
import { sendOtlp } from "./_otlp_sender.ts";
import { backgroundClock, systemClock } from "./_runtime.ts";
import { type LastPost, postAndWait } from "./_runtime_last_post.ts";
import type { Logger } from "./logger.ts";
import { registryOf } from "./metrics_registry.ts";
import type { PrometheusRegistry } from "./prometheus_registry.ts";
import type { ExportCounts } from "./tracing.ts";

/** What an exporter is made of. */
export interface ExporterOptions<T> {
  /** What it exports, in its metrics and messages. */
  readonly kind: "span" | "log";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly gzip: boolean;
  readonly timeoutMs: number;
  readonly shutdownTimeoutMs: number;
  /** @default 1000 */
  readonly delayMs?: number;
  /** @default 2048 */
  readonly maxQueue?: number;
  /** @default 512 */
  readonly maxBatch?: number;
  readonly registry?: PrometheusRegistry;
  readonly logger: Logger;
  readonly codec: OtlpCodec<T>;
}

/** Records on their way to a collector, whatever way the process ends. */
export interface Exporter<T> {
  readonly counts: ExportCounts;
  add(record: T): void;
  flush(): Promise<void>;
  shutdown(): Promise<void>;
  /** Takes out what has not been sent for certain, for the last moment of the process. */
  takeRest(): RestPost[];
}

/** A request that is left at the end, and who wants to know what became of it. */
export interface RestPost extends LastPost {
  settle(taken: boolean): void;
}

/** Sends what is left in all exporters before it returns, as far as `timeoutMs` lets it. */
export function sendRest(exporters: readonly Exporter<never>[], timeoutMs: number): void {
  const posts = exporters.flatMap((exporter) => exporter.takeRest());
  if (posts.length === 0) return;
  const plain = posts.map(({ url, headers, body }) => ({ url, headers, body }));
  const taken = postAndWait(plain, timeoutMs);
  posts.forEach((post, i) => post.settle(taken[i]!));
}

/** How long one batch is tried again before it is given up. */
const GIVE_UP_MS = 30_000;
/** As long as timers go. */
const FOREVER_MS = 2 ** 31 - 1;
/** How often it is said that records are lost. */
const SAY_AGAIN_MS = 60_000;

/** Starts an exporter. */
export function startExporter<T>(options: ExporterOptions<T>): Exporter<T> {
  const { kind, url, headers, gzip, timeoutMs, shutdownTimeoutMs, codec } = options;
  const { delayMs = 1_000, maxQueue = 2_048, maxBatch = 512 } = options;
  const clock = backgroundClock;
  const counts = { sent: 0, lost: 0 };
  const metrics = options.registry && metricsIn(options.registry);
  const onSent = (count: number): void => {
    counts.sent += count;
    metrics?.sent.inc({ kind }, count);
  };
  const said = new Map<LossReason, number>();
  const onLost = (count: number, reason: LossReason, why: string): void => {
    counts.lost += count;
    metrics?.lost.inc({ kind, reason }, count);
    const last = said.get(reason);
    if (last !== undefined && clock.now() - last < SAY_AGAIN_MS) return;
    said.set(reason, clock.now());
    options.logger.warn(`${kind}s are lost on the way to the collector`, { reason, why, count });
  };
  const target = { url, headers, gzip, timeoutMs, rejectedIn: codec.rejectedIn };
  const queue = new ExportQueue<T>({
    encode: codec.encode,
    send: (body, signal) => sendOtlp(target, body, { clock, giveUpMs: GIVE_UP_MS, signal }),
    onSent,
    onLost,
    clock,
    hold: () => systemClock.setTimer(() => {}, FOREVER_MS),
    delayMs,
    maxQueue,
    maxBatch: Math.min(maxBatch, maxQueue),
  });
  return {
    counts,
    add: (record) => queue.add(record),
    flush: () => queue.flush(),
    shutdown: () => queue.shutdown(shutdownTimeoutMs),
    takeRest: () =>
      queue.takeRest().map(({ body, count }) => ({
        url,
        headers: { ...headers, "content-type": "application/x-protobuf" },
        body,
        settle(taken) {
          if (taken) onSent(count);
          else onLost(count, "shutdown", "the collector didn't take it as the process ended");
        },
      })),
  };
}

function metricsIn(register: PrometheusRegistry) {
  const registry = registryOf(register);
  return {
    sent: registry.counter("otel_records_sent_total", {
      help: "Spans and log lines that the collector has taken.",
      labels: ["kind"],
    }),
    lost: registry.counter("otel_records_lost_total", {
      help: "Spans and log lines that didn't reach the collector.",
      labels: ["kind", "reason"],
    }),
  };
}
