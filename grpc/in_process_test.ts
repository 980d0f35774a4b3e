import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Code, ConnectError } from "@connectrpc/connect";
import { hanging, packageHandler } from "./_testing.ts";
import { inProcess, PackageClient, packageService } from "./mod.ts";

Deno.test("inProcess() hides what a handler threw and tells onError, as serve() does", async () => {
  const told: [string, unknown][] = [];
  const thrown = new Error("password of db-7");
  const service = packageService(packageHandler({ getPackage: () => Promise.reject(thrown) }));
  const client = PackageClient.over(
    inProcess([service], { onError: (error, { path }) => told.push([path, error]) }),
  );
  const error = await assertRejects(() => client.getPackage("a"), ConnectError);
  assertEquals([error.code, error.rawMessage], [Code.Internal, "internal error"]);
  assertEquals(told, [["/oaas.package.PackageService/GetPackage", thrown]]);
});

Deno.test("inProcess() ends calls by deadline and signal", async () => {
  const service = packageService(packageHandler({ getPackage: hanging().method }));
  const told: unknown[] = [];
  const transport = inProcess([service], { onError: (error) => told.push(error) });
  const client = PackageClient.over(transport, { timeoutMs: 20 });
  const late = await assertRejects(() => client.getPackage("a"), ConnectError);
  assertEquals(late.code, Code.DeadlineExceeded);
  const signal = AbortSignal.abort(new Error("own reason"));
  const ended = await assertRejects(() => client.getPackage("a", { signal }), ConnectError);
  assertEquals(ended.code, Code.Canceled);
  // A handler that gives up with its signal has not failed.
  assertEquals(told, []);
});

Deno.test("inProcess() refuses no services, and one that comes twice", () => {
  const service = packageService(packageHandler());
  assertThrows(() => inProcess([]), TypeError, "no services");
  assertThrows(
    () => inProcess([service, service]),
    TypeError,
    "Cannot serve oaas.package.PackageService: it is registered twice",
  );
});
