/** One health for all who ask: Kubernetes over HTTP, gRPC probes, the platform's own service. */
import { createServiceClient, HealthClient } from "@oprc/grpc";
import { HealthCheckResponse_ServingStatus as Status, HealthService } from "@oprc/proto/health";
import { assertEquals } from "@std/assert";
import { manager } from "./_platform.ts";

Deno.test("a Package Manager answers oaas.health as it answers /readyz", async () => {
  await using pm = await manager();
  await using client = HealthClient.connect(pm.url);
  const readyz = await fetch(`${pm.metricsUrl}/readyz`);
  assertEquals([readyz.status, await readyz.text()], [200, "ok\n"]);
  assertEquals(await client.check(), "serving");
  assertEquals(await client.check("no.such.Service"), undefined);
  await using raw = createServiceClient(HealthService, pm.url);
  assertEquals((await raw.call.check({})).status, Status.SERVING);
  assertEquals(
    (await raw.call.check({ service: "oaas.package.PackageService" })).status,
    Status.SERVING,
  );
});
