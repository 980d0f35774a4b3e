/** One service in several processes: its metrics of all of them on one page, its health from the first. */
import cluster from "node:cluster";
import type { HealthRegistry } from "@oprc/observability";
import { AggregatorRegistry, Registry } from "prom-client";

/** Whether this process answers calls under another that watches over it. */
export const isWorker: boolean = cluster.isWorker;

/** A registry whose metrics the first process gets when it is scraped. */
export function sharedRegistry(): Registry {
  const registry = new Registry();
  AggregatorRegistry.setRegistries(registry);
  // Made for the listener that answers the first process.
  new AggregatorRegistry();
  return registry;
}

/** Where metrics and health are answered. */
export interface MetricsPage extends AsyncDisposable {
  readonly addr: { readonly hostname: string; readonly port: number };
}

/** Answers /metrics with the sums of all processes, and the health checks of this one. */
export function serveMetricsOfAll(
  { hostname, port, health }: {
    readonly hostname: string;
    readonly port: number;
    readonly health: HealthRegistry;
  },
): MetricsPage {
  const all = new AggregatorRegistry();
  const kinds = {
    "/healthz": "liveness",
    "/readyz": "readiness",
    "/startupz": "startup",
  } as const;
  const server = Deno.serve({ hostname, port, onListen: () => {} }, async ({ url }) => {
    const { pathname } = new URL(url);
    if (pathname === "/metrics") {
      const headers = { "content-type": all.contentType };
      return new Response(await all.clusterMetrics(), { headers });
    }
    const kind = kinds[pathname as keyof typeof kinds];
    if (kind === undefined) return new Response("not found\n", { status: 404 });
    const report = await health.check(kind);
    return Response.json(report, { status: report.ok ? 200 : 503 });
  });
  return { addr: server.addr, [Symbol.asyncDispose]: () => server.shutdown() };
}
