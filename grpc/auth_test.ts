import { assert, assertEquals, assertThrows } from "@std/assert";
import { codeOf, packageServer } from "./_testing.ts";
import { auth, type AuthOptions, HealthClient, identityOf, PackageClient, peerOf } from "./mod.ts";

/** A server with `auth`, and the answer to two calls with some headers. */
async function authServer(policy: AuthOptions["policy"]) {
  const seen: unknown[] = [];
  const { server, endpoint, errors } = await packageServer({
    createPackage: (_request, { values }) => {
      seen.push(identityOf(values)?.name);
      return Promise.resolve({});
    },
    deletePackage: () => Promise.resolve({}),
  }, {
    interceptors: [auth({
      authenticate: ({ bearer }) => {
        if (bearer === "broken") throw new Error("the directory is gone");
        return bearer?.startsWith("user-") ? { name: bearer.slice(5) } : undefined;
      },
      policy,
    })],
  });
  const call = async (authorization?: string) => {
    const headers: HeadersInit = authorization === undefined ? {} : { authorization };
    const client = PackageClient.connect(endpoint, { headers });
    const health = HealthClient.connect(endpoint, { headers });
    const codes = [
      await codeOf(client.createPackage({ name: "a" })),
      await codeOf(client.deletePackage("a")),
      await codeOf(health.check()),
    ];
    await client.close();
    await health.close();
    return codes.join(" ");
  };
  return { call, seen, errors, stop: () => server.shutdown() };
}

Deno.test("auth() takes known callers only, and lets health checks pass", async () => {
  const { call, seen, stop } = await authServer(undefined);
  assertEquals(await call(), "Unauthenticated Unauthenticated ok");
  assertEquals(await call("Bearer nobody"), "Unauthenticated Unauthenticated ok");
  assertEquals(await call("Basic user-ann"), "Unauthenticated Unauthenticated ok");
  assertEquals(await call("Bearer user-ann two"), "Unauthenticated Unauthenticated ok");
  assertEquals(await call("Bearer user-ann"), "ok ok ok");
  assertEquals(await call("bearer  user-ben"), "ok ok ok");
  assertEquals(seen, ["ann", "ben"]);
  await stop();
});

Deno.test("auth() holds callers against the closest rule", async () => {
  const { call, stop } = await authServer({
    "*": "authenticated",
    "oaas.package.PackageService/*": ({ name }) => name === "ann",
    "oaas.package.PackageService/CreatePackage": "public",
    "grpc.health.v1.Health/Check": "authenticated",
  });
  assertEquals(await call(), "ok Unauthenticated Unauthenticated");
  assertEquals(await call("Bearer user-ben"), "ok PermissionDenied ok");
  assertEquals(await call("Bearer user-ann"), "ok ok ok");
  await stop();
});

Deno.test("auth() lets nobody pass by a rule that answers no boolean", async () => {
  const { call, stop } = await authServer({ "*": (() => "yes") as never });
  assertEquals(await call("Bearer user-ann"), "PermissionDenied PermissionDenied ok");
  await stop();
});

Deno.test("auth() gives nothing away of an error in authenticate", async () => {
  const { call, errors, stop } = await authServer(undefined);
  assertEquals(await call("Bearer broken"), "Internal Internal ok");
  assertEquals(errors.map(String), Array(2).fill("Error: the directory is gone"));
  await stop();
});

Deno.test("auth() refuses a policy that can't be meant", () => {
  const authenticate = () => undefined;
  for (
    const policy of [{ "PackageService.Get": "public" }, { "/a.B/C": "public" }, { "*": "all" }]
  ) {
    assertThrows(
      () => auth({ authenticate, policy: policy as unknown as AuthOptions["policy"] }),
      TypeError,
      "Cannot use the rule for",
    );
  }
});

Deno.test("peerOf() tells where a call comes from", async () => {
  let peer: ReturnType<typeof peerOf>;
  const { server, endpoint } = await packageServer({
    createPackage: (_request, { values }) => {
      peer = peerOf(values);
      return Promise.resolve({});
    },
  });
  const client = PackageClient.connect(endpoint);
  await client.createPackage({ name: "a" });
  assertEquals(peer?.address, "127.0.0.1");
  assert(peer!.port > 0);
  assertEquals(peer?.certificate, undefined);
  await client.close();
  await server.shutdown();
});
