import { MetricsRegistry } from "../metrics_registry.ts";
import { observeProcess } from "../process_metrics.ts";
import { ServiceMetrics } from "../service_metrics.ts";
import { FakeClock } from "./fake_clock.ts";

/** A service that makes up its requests, for looking at what comes of them. */
export interface DashboardService {
  readonly registry: MetricsRegistry;
  /** Some requests more; `load` says how many, and how slow. */
  step(load?: number): void;
}

const METHODS = ["GetPackage", "ListPackages", "DeployClass"]
  .map((name) => `/oaas.package.PackageService/${name}`);

/** Makes one. */
export function dashboardService(name: string): DashboardService {
  const registry = new MetricsRegistry();
  const metrics = new ServiceMetrics(name, { registry });
  const clock = new FakeClock();
  observeProcess(registry, { clock });
  const spansLost = registry.counter("otel_records_lost_total", {
    help: "Spans and log lines that didn't reach the collector.",
    labels: ["kind", "reason"],
  });
  const linesLost = registry.counter("log_lines_lost_total", {
    help: "Log lines that were not written.",
    labels: ["reason"],
  });
  return {
    registry,
    step(load = 1) {
      METHODS.forEach((method, i) => {
        const count = Math.round(30 * load / (i + 1));
        for (let n = 0; n < count; n++) {
          // Most are fast, a few are not.
          const seconds = 0.004 * (i + 1) * load * (1 + 3 * Math.random() ** 8) +
            (Math.random() < 0.02 ? 0.2 * load : 0);
          metrics.requestDuration.observe({ method }, seconds);
          const code = Math.random() < 0.01 * load
            ? "internal"
            : Math.random() < 0.05
            ? "not_found"
            : "ok";
          metrics.requestsTotal.inc({ method, code });
          if (code !== "ok") metrics.errorsTotal.inc({ method, code });
        }
        metrics.activeConnections.set({ method }, Math.round(4 * load / (i + 1)));
        metrics.requestsTotal.inc({ method, code: "internal" });
        metrics.errorsTotal.inc({ method, code: "internal" });
      });
      clock.advance(100 + 2 * load);
      spansLost.inc({ kind: "span", reason: "queue_full" }, load > 1.5 ? 5 : 1);
      linesLost.inc({ reason: "output" });
    },
  };
}
