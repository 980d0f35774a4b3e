/**
 * A Grafana dashboard and Prometheus rules for a service that has the metrics of
 * this package. As a program it writes them to files:
 *
 * ```sh
 * deno run --allow-write=. jsr:@oprc/observability/dashboards package-manager
 * ```
 *
 * makes `package-manager.dashboard.json`, for Grafana's import, and
 * `package-manager.rules.yml`, for `rule_files` of Prometheus. Options are `--out`
 * (a folder), `--availability` and `--latency`.
 *
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { dashboard, rules } from "@oprc/observability/dashboards";
 *
 * console.log(JSON.stringify(dashboard("package-manager")));
 * assertStringIncludes(rules("package-manager"), "package_manager_requests_total");
 * ```
 *
 * @module
 */
import { grafanaDashboard } from "./_dashboards/grafana.ts";
import { prometheusRules } from "./_dashboards/rules.ts";
import { main } from "./_dashboards/main.ts";

/** Settings of {@linkcode rules}. */
export interface RulesOptions {
  /**
   * Which share of requests shall not fail by the service's fault, in a month.
   * @default 0.999
   */
  readonly availability?: number;
  /**
   * How long 99 % of a method's requests may take.
   * @default 1000
   */
  readonly latencyMs?: number;
}

/**
 * A Grafana dashboard for a service, to be written as JSON.
 *
 * @param serviceName as it was given to `ServiceMetrics`
 * @throws {TypeError} when the name is empty
 */
export function dashboard(serviceName: string): Record<string, unknown> {
  checkName("dashboard", serviceName);
  return grafanaDashboard(serviceName);
}

/**
 * Prometheus recording and alerting rules for a service, as YAML.
 *
 * @param serviceName as it was given to `ServiceMetrics`
 * @throws {TypeError} when the name is empty
 * @throws {RangeError} when a limit is out of its range
 */
export function rules(serviceName: string, options: RulesOptions = {}): string {
  checkName("rules", serviceName);
  const { availability = 0.999, latencyMs = 1_000 } = options;
  if (!(availability > 0 && availability < 1)) {
    throw new RangeError(
      `Cannot write rules: availability is ${availability}, not between 0 and 1`,
    );
  }
  if (!(latencyMs > 0 && Number.isFinite(latencyMs))) {
    throw new RangeError(`Cannot write rules: latencyMs is ${latencyMs}, not positive`);
  }
  return prometheusRules(serviceName, { availability, latencySeconds: latencyMs / 1_000 });
}

function checkName(what: string, serviceName: string): void {
  if (serviceName === "") throw new TypeError(`Cannot write ${what}: the service's name is empty`);
}

if (import.meta.main) await main({ dashboard, rules });
