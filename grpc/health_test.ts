import { assertEquals, assertRejects } from "@std/assert";
import { ConnectError } from "@connectrpc/connect";
import { HealthCheckResponse_ServingStatus as Status, HealthService } from "@oprc/proto/health";
import { Health } from "./gen/grpc/health/v1/health_pb.ts";
import { createHealthMonitor } from "./_health/monitor.ts";
import { hanging, packageServer } from "./_testing.ts";
import { createServiceClient, HealthClient, PackageClient } from "./mod.ts";

/** A source of health that a test switches. */
function switchable(ok = true) {
  const source = {
    ok,
    asked: 0,
    check() {
      source.asked++;
      return Promise.resolve({ ok: source.ok });
    },
  };
  return source;
}

Deno.test("HealthClient.check() tells of the server, of a service, and of none", async () => {
  const { server, endpoint } = await packageServer();
  const client = HealthClient.connect(endpoint);
  assertEquals(await client.check(), "serving");
  assertEquals(await client.check("oaas.package.PackageService"), "serving");
  assertEquals(await client.check("grpc.health.v1.Health"), "serving");
  assertEquals(await client.check("no.such.Service"), undefined);
  await client.close();
  await server.shutdown();
});

Deno.test("serve() answers both health services from its source", async () => {
  const source = switchable();
  const { server, endpoint } = await packageServer({}, { health: source });
  const standard = createServiceClient(Health, endpoint);
  const platform = createServiceClient(HealthService, endpoint);
  for (const [ok, status] of [[true, Status.SERVING], [false, Status.NOT_SERVING]] as const) {
    source.ok = ok;
    assertEquals((await standard.call.check({})).status, Number(status));
    assertEquals((await platform.call.check({})).status, status);
    const { statuses } = await standard.call.list({});
    assertEquals(statuses[""]?.status, Number(status));
    assertEquals(statuses["oaas.package.PackageService"]?.status, Number(status));
  }
  await standard.close();
  await platform.close();
  await server.shutdown();
});

Deno.test("serve() takes a check that fails for not serving", async () => {
  const health = { check: () => Promise.reject(new Error("the disk is gone")) };
  const { server, endpoint } = await packageServer({}, { health });
  const client = HealthClient.connect(endpoint);
  assertEquals(await client.check(), "not_serving");
  await client.close();
  await server.shutdown();
});

Deno.test("HealthClient.watch() tells each change, and the end of the server", async () => {
  const { server, endpoint } = await packageServer();
  const client = HealthClient.connect(endpoint);
  const seen: unknown[] = [];
  const error = await assertRejects(async () => {
    for await (const state of client.watch()) {
      seen.push(state);
      if (seen.length === 1) server.shutdown({ graceMs: 100_000_000 });
    }
  }, ConnectError);
  assertEquals(seen, ["serving", "not_serving"]);
  assertEquals(error.rawMessage, "the server is shutting down");
  await server.finished;
  await client.close();
});

Deno.test("HealthClient.watch() goes on for a service that isn't known", async () => {
  const { server, endpoint } = await packageServer();
  const client = HealthClient.connect(endpoint);
  for await (const state of client.watch("no.such.Service")) {
    assertEquals(state, undefined);
    break;
  }
  await client.close();
  await server.shutdown({ graceMs: 100_000_000 });
});

Deno.test("serve() isn't serving during its shutdown", async () => {
  const { begun, method } = hanging();
  const { server, endpoint } = await packageServer({ getPackage: method });
  const client = HealthClient.connect(endpoint);
  const packages = PackageClient.connect(endpoint);
  const call = assertRejects(() => packages.getPackage("a"), ConnectError);
  await begun;
  const watched = client.watch();
  assertEquals((await watched.next()).value, "serving");
  const down = server.shutdown({ graceMs: 200 });
  assertEquals((await watched.next()).value, "not_serving");
  await assertRejects(() => watched.next(), ConnectError);
  await call;
  await down;
  await client.close();
  await packages.close();
});

Deno.test("createHealthMonitor() asks once for all watchers, and stops with the last", async () => {
  const source = switchable();
  const monitor = createHealthMonitor(source, 10);
  const abort = new AbortController();
  const watches = [1, 2, 3].map(() => monitor.watch(abort.signal));
  for (const watch of watches) assertEquals((await watch.next()).value, 1);
  assertEquals(source.asked, 3);
  source.ok = false;
  for (const watch of watches) assertEquals((await watch.next()).value, 2);
  source.ok = true;
  for (const watch of watches) assertEquals((await watch.next()).value, 1);
  abort.abort();
  for (const watch of watches) assertEquals((await watch.next()).done, true);
  // The sanitizer would find a timer that goes on. A new watch has one again.
  const again = new AbortController();
  const watch = monitor.watch(again.signal);
  assertEquals((await watch.next()).value, 1);
  source.ok = false;
  assertEquals((await watch.next()).value, 2);
  again.abort();
  await watch.next();
});
