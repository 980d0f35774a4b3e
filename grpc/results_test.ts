import { assert, assertEquals, assertRejects } from "@std/assert";
import { Code, ConnectError } from "@connectrpc/connect";
import { StatusCode } from "@oprc/proto/common";
import { HealthService } from "@oprc/proto/health";
import { packageHandler, packageServer } from "./_testing.ts";
import {
  createServiceClient,
  HealthClient,
  inProcess,
  PackageClient,
  packageService,
  type Result,
  RuntimeClient,
} from "./mod.ts";
import { PackageClient as WebPackageClient } from "./web/mod.ts";

const handler = packageHandler({
  createPackage: () => Promise.resolve({ packageId: "id" }),
  getPackage: () => Promise.resolve({ status: StatusCode.NOT_FOUND }),
  deletePackage: () =>
    Promise.resolve({ status: StatusCode.INVALID_REQUEST, message: "it is in use" }),
});

Deno.test("ResultsOption.results makes calls answer what they would throw", async () => {
  await using client = PackageClient.over(inProcess([packageService(handler)]), { results: true });
  const created: Result<string> = await client.createPackage({ name: "a" });
  assertEquals(created, { ok: true, value: "id" });
  assertEquals(await client.getPackage("a"), { ok: true, value: undefined });
  const deleted = await client.deletePackage("a");
  assert(!deleted.ok);
  assertEquals(deleted.error.code, Code.InvalidArgument);
  assertEquals(deleted.error.rawMessage, "it is in use");
});

Deno.test("ResultsOption.results still throws what is the program's own fault", async () => {
  await using client = PackageClient.over(inProcess([packageService(handler)]), { results: true });
  await assertRejects(() => client.getPackage("a", { timeoutMs: -1 }), RangeError);
});

Deno.test("ResultsOption.results serves all clients, over a connection and streams", async () => {
  const { server, endpoint } = await packageServer(handler);
  {
    await using packages = PackageClient.connect(endpoint, { results: true });
    assertEquals(await packages.createPackage({ name: "a" }), { ok: true, value: "id" });
    await using web = WebPackageClient.connect(endpoint, { results: true });
    assertEquals(await web.createPackage({ name: "a" }), { ok: true, value: "id" });
    await using runtime = RuntimeClient.connect(endpoint, { results: true });
    const none = await runtime.getRuntimeState("i");
    assertEquals(!none.ok && none.error.code, Code.Unimplemented);
    await using generic = createServiceClient(HealthService, endpoint, { results: true });
    const checked = await generic.call.check({ service: "" });
    assert(checked.ok);
    await using health = HealthClient.connect(endpoint, { results: true });
    const seen: unknown[] = [];
    for await (const state of health.watch()) {
      seen.push(state.ok ? state.value : state.error.code);
      if (seen.length === 1) server.shutdown({ graceMs: 0 });
    }
    assertEquals(seen[0], "serving");
    assertEquals(seen.at(-1), Code.Unavailable);
  }
  await server.finished;
});

Deno.test("PackageClient without results throws", async () => {
  await using client = PackageClient.over(inProcess([packageService(handler)]));
  await assertRejects(() => client.deletePackage("a"), ConnectError, "it is in use");
});
