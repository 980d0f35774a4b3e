import { MEDIA_TYPES, preferredFormat } from "./_metric_text.ts";
import type { RecentError } from "./_recent_errors.ts";
import { statusOf } from "./_status.ts";
import { statusPage } from "./_status_page.ts";
import type { HealthKind, HealthRegistry, HealthReport } from "./health_registry.ts";
import type { MetricsRegistry } from "./metrics_registry.ts";

/** What the endpoints need to know of a request. */
export interface EndpointRequest {
  readonly method: string;
  /** The path, without the query. */
  readonly path: string;
  readonly accept: string;
}

/** What goes back. */
export interface EndpointResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** As a whole, or in pieces, each handed on when it is there. */
  readonly body: string | AsyncIterable<string>;
}

const PROBES: ReadonlyMap<string, HealthKind> = new Map([
  ["/healthz", "liveness"],
  ["/readyz", "readiness"],
  ["/startupz", "startup"],
]);

const TEXT = "text/plain; charset=utf-8";
const JSON_TYPE = "application/json";

/** What the endpoints answer from. */
export interface EndpointSources {
  readonly registry: MetricsRegistry;
  readonly health: HealthRegistry;
  readonly errors: () => readonly RecentError[];
}

const PATHS = new Set(["/metrics", "/status", "/status.json", ...PROBES.keys()]);

/** Answers one request to the metrics server. */
export async function answer(
  request: EndpointRequest,
  { registry, health, errors }: EndpointSources,
): Promise<EndpointResponse> {
  const { method, path, accept } = request;
  if (!PATHS.has(path)) return response(404, TEXT, "not found\n");
  if (method !== "GET" && method !== "HEAD") {
    return response(405, TEXT, "method not allowed\n", { allow: "GET, HEAD" });
  }
  const kind = PROBES.get(path);
  if (kind !== undefined) return probe(await health.check(kind), wantsJson(accept));
  if (path === "/status") return page();
  if (path === "/status.json") {
    const status = await statusOf(registry, health, errors());
    return response(200, JSON_TYPE, `${JSON.stringify(status)}\n`);
  }
  const format = registry.includesOthers ? "prometheus" : preferredFormat(accept);
  return response(200, MEDIA_TYPES[format], await started(registry.pieces({ format })), {
    vary: "accept",
  });
}

function page(): EndpointResponse {
  const { html, policy } = statusPage(crypto.randomUUID());
  return response(200, "text/html; charset=utf-8", html, {
    "content-security-policy": policy,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  });
}

/** Waits for the first piece, so that a metric that can't be read still makes a 500. */
async function started(pieces: AsyncGenerator<string>): Promise<AsyncIterable<string>> {
  const first = await pieces.next();
  return (async function* () {
    if (!first.done) yield first.value;
    yield* pieces;
  })();
}

function probe(report: HealthReport, json: boolean): EndpointResponse {
  const status = report.ok ? 200 : 503;
  const vary = { vary: "accept" };
  if (json) return response(status, JSON_TYPE, `${JSON.stringify(report)}\n`, vary);
  const failing = report.checks.filter((check) => !check.ok)
    .map((check) => `${check.name}: ${(check.error ?? "").replace(/\s+/g, " ")}\n`);
  return response(status, TEXT, report.ok ? "ok\n" : `not ok\n${failing.join("")}`, vary);
}

/** A client that takes anything gets text. */
function wantsJson(accept: string): boolean {
  return accept.split(",").some((type) => {
    const [name, ...params] = type.split(";").map((part) => part.trim().toLowerCase());
    return name === JSON_TYPE && !params.some((param) => /^q=0(\.0*)?$/.test(param));
  });
}

function response(
  status: number,
  contentType: string,
  body: EndpointResponse["body"],
  headers: Readonly<Record<string, string>> = {},
): EndpointResponse {
  return {
    status,
    headers: { "content-type": contentType, "cache-control": "no-store", ...headers },
    body,
  };
}
