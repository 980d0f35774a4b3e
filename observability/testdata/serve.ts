/** Serves metrics at the address given, says what came of it, and ends. */
import { MetricsRegistry } from "../metrics_registry.ts";
import { setupMetricsServer } from "../metrics_server.ts";

const [hostname, port] = Deno.args;
try {
  const options = { registry: new MetricsRegistry(), hostname };
  const server = await setupMetricsServer(Number(port), options);
  await server.shutdown();
  console.log("served");
} catch (error) {
  console.log((error as Error).message);
}
