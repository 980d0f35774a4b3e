import type { HealthRegistry } from "./health_registry.ts";
import { registryOf } from "./metrics_registry.ts";
import type { PrometheusRegistry } from "./prometheus_registry.ts";

/**
 * Shows in `register` how each check went the last time it was asked, 1 or 0 in
 * `health_check_ok`, and whether it hangs, in `health_check_hanging`. A scrape runs no
 * check. The function answered ends that.
 *
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { HealthRegistry, MetricsRegistry, observeHealth } from "@oprc/observability";
 *
 * const registry = new MetricsRegistry();
 * const health = new HealthRegistry();
 * health.add({ name: "store", kind: "readiness", check: () => {} });
 * observeHealth(registry, health);
 * await health.check("readiness");
 *
 * const sample = 'health_check_ok{kind="readiness",check="store"} 1';
 * assertStringIncludes(await registry.text(), sample);
 * ```
 */
export function observeHealth(
  register: PrometheusRegistry,
  health: HealthRegistry,
): () => void {
  const registry = registryOf(register);
  const labels = ["kind", "check"] as const;
  const passed = registry.gauge("health_check_ok", {
    help: "Whether a check passed the last time it was asked.",
    labels,
    aggregator: "min",
  });
  const hangs = registry.gauge("health_check_hanging", {
    help: "Whether a check has not come back though its time is over.",
    labels,
  });
  return registry.onScrape(() => {
    for (const { kind, name, ok, hanging } of health.latest()) {
      if (ok !== undefined) passed.set({ kind, check: name }, ok ? 1 : 0);
      hangs.set({ kind, check: name }, hanging ? 1 : 0);
    }
  });
}
