import { assertEquals, assertThrows } from "@std/assert";
import { type Echo, Echoes, echoService } from "./_echo_testing.ts";
import { codeOf, packageServer } from "./_testing.ts";
import {
  concurrencyLimit,
  type ConcurrencyLimitOptions,
  createServiceClient,
  HealthClient,
  PackageClient,
  serve,
} from "./mod.ts";

Deno.test("concurrencyLimit() sheds what is over it, and lets waiting calls in by turn", async () => {
  const begun: string[] = [];
  const releases = new Map<string, () => void>();
  const { server, endpoint } = await packageServer({
    async createPackage({ package: pkg }) {
      begun.push(pkg!.name);
      await new Promise<void>((resolve) => releases.set(pkg!.name, resolve));
      return {};
    },
  }, { interceptors: [concurrencyLimit({ maxConcurrent: 1, maxWaiting: 2 })] });
  const client = PackageClient.connect(endpoint);
  const abort = new AbortController();
  const call = (name: string, signal?: AbortSignal) =>
    codeOf(client.createPackage({ name }, { signal }));
  const until = async (done: () => boolean) => {
    while (!done()) await new Promise((resolve) => setTimeout(resolve, 1));
  };
  const first = call("1");
  await until(() => begun.length === 1);
  const second = call("2", abort.signal);
  const third = call("3");
  // Two wait; those after them are refused at once.
  await new Promise((resolve) => setTimeout(resolve, 30));
  assertEquals([await call("4"), await call("5")], ["Unavailable", "Unavailable"]);
  abort.abort();
  assertEquals(await second, "Canceled");
  const health = HealthClient.connect(endpoint);
  assertEquals(await health.check(), "serving");
  await health.close();
  releases.get("1")!();
  assertEquals(await first, "ok");
  await until(() => begun.length === 2);
  assertEquals(begun, ["1", "3"]);
  releases.get("3")!();
  assertEquals(await third, "ok");
  const last = call("6");
  await until(() => begun.length === 3);
  releases.get("6")!();
  assertEquals(await last, "ok");
  await client.close();
  await server.shutdown();
});

Deno.test("concurrencyLimit() counts a stream until it ends", async () => {
  const server = await serve({
    services: [echoService()],
    interceptors: [concurrencyLimit({ maxConcurrent: 1 })],
  });
  const client = createServiceClient(Echoes, `http://127.0.0.1:${server.addr.port}`);
  const calls = client.call as unknown as Record<string, (r: unknown) => unknown>;
  const stream = calls.expand!({ text: "wait", count: 1 }) as AsyncIterable<Echo>;
  const iterator = stream[Symbol.asyncIterator]();
  assertEquals((await iterator.next()).done, false);
  const say = () => codeOf(calls.say!({}) as Promise<unknown>);
  assertEquals(await say(), "Unavailable");
  iterator.return?.();
  while (await say() !== "ok") await new Promise((resolve) => setTimeout(resolve, 5));
  await client.close();
  await server.shutdown();
});

Deno.test("concurrencyLimit() refuses options that can't be used", () => {
  const limits: ConcurrencyLimitOptions[] = [
    { maxConcurrent: 0 },
    { maxConcurrent: 1, maxWaiting: -1 },
  ];
  for (const options of limits) {
    assertThrows(() => concurrencyLimit(options), RangeError, "Cannot limit");
  }
});
