// permissions: --allow-net=127.0.0.1
import {
  getLogger,
  HealthRegistry,
  ServiceMetrics,
  setupLogging,
  setupMetricsServer,
} from "@oprc/observability";

const lines = [];
const logging = setupLogging({ format: "json", write: (line) => lines.push(line) });
const metrics = new ServiceMetrics("a-service");
const health = new HealthRegistry();
const server = await setupMetricsServer(0, { registry: metrics.registry, health });
metrics.requestsTotal.inc({ method: "/a.B/C", code: "ok" });
getLogger("a").info("said", { password: "hidden" });
const get = async (path) =>
  await (await fetch(`http://127.0.0.1:${server.addr.port}${path}`)).text();
if (!/a_service_requests_total\{.*\} 1/.test(await get("/metrics"))) throw new Error("not counted");
if (await get("/readyz") !== "ok\n") throw new Error("not ready");
await server.shutdown();
await logging.shutdown();
if (lines.length !== 1 || lines[0].includes("hidden")) throw new Error(lines.join());
console.log("ok");
