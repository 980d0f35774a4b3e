import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Code, ConnectError, createClient, type Transport } from "@connectrpc/connect";
import { Echoes, echoService } from "./_echo_testing.ts";
import { codeOf, packageServer } from "./_testing.ts";
import { HealthClient, inProcess, PackageClient, rateLimit, type RateLimitOptions } from "./mod.ts";

Deno.test("rateLimit() lets a burst through, then so many a second", async () => {
  let now = 0;
  const { server, endpoint } = await packageServer({
    createPackage: () => Promise.resolve({ packageId: "id" }),
  }, {
    interceptors: [rateLimit({
      perSecond: 2,
      burst: 3,
      key: ({ header }) => header.get("x-tenant") ?? "",
      now: () => now,
    })],
  });
  const client = PackageClient.connect(endpoint);
  const call = (tenant: string) =>
    client.createPackage({ name: "a" }, { headers: { "x-tenant": tenant } });
  const letThrough = async (tenant: string, times: number) => {
    let passed = 0;
    for (let i = 0; i < times; i++) if (await codeOf(call(tenant)) === "ok") passed++;
    return passed;
  };
  assertEquals(await letThrough("a", 6), 3);
  assertEquals(await letThrough("b", 6), 3);
  const error = await assertRejects(() => call("a"), ConnectError);
  assertEquals(error.code, Code.ResourceExhausted);
  assertEquals(error.metadata.get("grpc-retry-pushback-ms"), "500");
  assertEquals(error.metadata.get("retry-after"), "1");
  now += 1000;
  assertEquals(await letThrough("a", 6), 2);
  now += 1_000_000;
  assertEquals(await letThrough("a", 6), 3);
  const health = HealthClient.connect(endpoint);
  assertEquals(await health.check(), "serving");
  await health.close();
  await client.close();
  await server.shutdown();
});

Deno.test("rateLimit() forgets the keys that were quiet for longest", async () => {
  const transport: Transport = inProcess([echoService()], {
    interceptors: [rateLimit({
      perSecond: 0.001,
      burst: 1,
      maxKeys: 2,
      key: ({ header }) => header.get("x-key")!,
    })],
  });
  const client = createClient(Echoes, transport) as unknown as Record<
    string,
    (request: unknown, options: unknown) => Promise<unknown>
  >;
  const call = (key: string) => codeOf(client.say!({}, { headers: { "x-key": key } }));
  assertEquals([await call("a"), await call("b"), await call("a")], [
    "ok",
    "ok",
    "ResourceExhausted",
  ]);
  assertEquals(await call("c"), "ok");
  assertEquals([await call("a"), await call("b")], ["ResourceExhausted", "ok"]);
});

Deno.test("rateLimit() refuses options that can't be used", () => {
  const rates: RateLimitOptions[] = [
    { perSecond: 0 },
    { perSecond: NaN },
    { perSecond: 1, burst: 0 },
    { perSecond: 1, maxKeys: 0 },
  ];
  for (const options of rates) assertThrows(() => rateLimit(options), RangeError, "Cannot limit");
});
