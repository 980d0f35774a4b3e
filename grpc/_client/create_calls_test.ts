import { assertEquals, assertRejects } from "@std/assert";
import { Code, ConnectError } from "@connectrpc/connect";
import { Echoes, echoService } from "../_echo_testing.ts";
import { deferred } from "../_testing.ts";
import { createServiceClient, type Protocol, serve } from "../mod.ts";

interface ExpandCall {
  expand(request: unknown, options?: object): AsyncIterable<{ text: string }>;
}

for (const protocol of ["grpc", "grpc-web", "connect"] as Protocol[]) {
  Deno.test(`createServiceClient() over ${protocol} ends a stream whose loop is left`, async () => {
    const ended = deferred();
    const server = await serve({
      services: [echoService()],
      interceptors: [(next) => async (request) => {
        request.signal.addEventListener("abort", () => ended.resolve());
        return await next(request);
      }],
      onError: () => {},
    });
    await using client = createServiceClient(Echoes, `http://127.0.0.1:${server.addr.port}`, {
      protocol,
    });
    const { expand } = client.call as unknown as ExpandCall;
    for await (const { text } of expand({ text: "wait", count: 1 }, { timeoutMs: 0 })) {
      assertEquals(text, "part");
      break;
    }
    await ended.promise;
    await server.shutdown();
  });
}

Deno.test("createServiceClient() ends a stream by the caller's signal, before and during it", async () => {
  const server = await serve({ services: [echoService()], onError: () => {} });
  await using client = createServiceClient(Echoes, `http://127.0.0.1:${server.addr.port}`);
  const { expand } = client.call as unknown as ExpandCall;
  const read = async (signal: AbortSignal, first: () => void) => {
    for await (const _ of expand({ text: "wait", count: 1 }, { signal })) first();
  };
  const controller = new AbortController();
  const during = () => read(controller.signal, () => controller.abort());
  assertEquals((await assertRejects(during, ConnectError)).code, Code.Canceled);
  const before = () => read(controller.signal, () => {});
  assertEquals((await assertRejects(before, ConnectError)).code, Code.Canceled);
  await server.shutdown();
});
