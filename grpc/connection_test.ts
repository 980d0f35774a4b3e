/** What clients do when connections end, die in silence, or can't be made. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Code, ConnectError, type Transport } from "@connectrpc/connect";
import { balance } from "./_client/balancer.ts";
import { markUnsent } from "./_client/unsent.ts";
import { packageServer } from "./_testing.ts";
import { HealthClient, PackageClient, type Protocol } from "./mod.ts";

const NOWHERE = "http://127.0.0.1:1";
const answered = { createPackage: () => Promise.resolve({ packageId: "x" }) };

/** A server that counts, by name, the packages it is given. */
async function counting(limits = {}) {
  const calls = new Map<string, number>();
  const made = await packageServer({
    async createPackage({ package: pkg }) {
      const name = pkg?.name ?? "";
      calls.set(name, (calls.get(name) ?? 0) + 1);
      await new Promise((resolve) => setTimeout(resolve, 1));
      return { packageId: name };
    },
  }, { limits });
  return { ...made, calls };
}

Deno.test("PackageClient sends calls again that GOAWAY kept from the server, and no other", async () => {
  const { server, endpoint, calls } = await counting({ maxAgeMs: 15 });
  const client = PackageClient.connect(endpoint);
  let sent = 0;
  await Promise.all(Array.from({ length: 20 }, async () => {
    for (let i = 0; i < 30; i++) {
      const name = `p${sent++}`;
      assertEquals(await client.createPackage({ name }), name);
    }
  }));
  assertEquals(calls.size, sent);
  assertEquals([...calls.values()].filter((times) => times !== 1), []);
  await client.close();
  await server.shutdown();
});

Deno.test("PackageClient.connect() spreads calls over several servers", async () => {
  const servers = await Promise.all([counting(), counting(), counting()]);
  const client = PackageClient.connect(servers.map(({ endpoint }) => endpoint));
  for (let i = 0; i < 9; i++) await client.createPackage({ name: `${i}` });
  assertEquals(servers.map(({ calls }) => calls.size), [3, 3, 3]);
  await client.close();
  for (const { server } of servers) await server.shutdown();
});

for (const protocol of ["grpc", "grpc-web", "connect"] as Protocol[]) {
  Deno.test(`PackageClient.connect() passes a server that isn't there, over ${protocol}`, async () => {
    const { server, endpoint, calls } = await counting();
    const client = PackageClient.connect([NOWHERE, endpoint], { protocol });
    for (let i = 0; i < 4; i++) await client.createPackage({ name: `${i}` });
    assertEquals(calls.size, 4);
    await client.close();
    await server.shutdown();
  });

  Deno.test(`HealthClient.watch() passes a server that isn't there, over ${protocol}`, async () => {
    const { server, endpoint } = await counting();
    const client = HealthClient.connect([NOWHERE, endpoint], { protocol });
    for await (const state of client.watch()) {
      assertEquals(state, "serving");
      break;
    }
    await client.close();
    await server.shutdown();
  });
}

Deno.test("PackageClient.connect() goes over to another server when one ends", async () => {
  const first = await counting();
  const second = await counting();
  const client = PackageClient.connect([first.endpoint, second.endpoint]);
  for (let i = 0; i < 4; i++) await client.createPackage({ name: `${i}` });
  await first.server.shutdown();
  for (let i = 4; i < 10; i++) await client.createPackage({ name: `${i}` });
  assertEquals(first.calls.size + second.calls.size, 10);
  assertEquals(second.calls.size, 8);
  await client.close();
  await second.server.shutdown();
});

Deno.test("PackageClient.connect() says so when no server can be reached", async () => {
  const client = PackageClient.connect([NOWHERE, "http://127.0.0.1:2"]);
  const error = await assertRejects(() => client.createPackage({ name: "a" }), ConnectError);
  assertEquals(error.code, Code.Unavailable);
  await client.close();
  assertThrows(() => PackageClient.connect([]), TypeError, "no endpoint");
});

Deno.test("balance() passes over a server that failed, for longer each time", async () => {
  let now = 0;
  let up = false;
  const asked: string[] = [];
  const member = (name: string, works: () => boolean) => ({
    connect: () => Promise.resolve(works()),
    transport: {
      unary() {
        asked.push(name);
        return works()
          ? Promise.resolve({})
          : Promise.reject(markUnsent(new ConnectError(name, Code.Unavailable)));
      },
    } as unknown as Transport,
  });
  const balanced = balance([member("a", () => up), member("b", () => true)], () => now);
  const call = async () => {
    asked.length = 0;
    await (balanced.unary as unknown as () => Promise<unknown>)();
    return asked.join("");
  };
  const several = async (times: number) => {
    let all = "";
    for (let i = 0; i < times; i++) all += await call();
    return all;
  };
  assertEquals(await several(5), "ab" + "bbbb");
  now = 600;
  assertEquals(await several(4), "b" + "ab" + "bb");
  now = 1200;
  assertEquals(await several(4), "bbbb");
  now = 1800;
  up = true;
  assertEquals(await several(4), "baba");
});

Deno.test("balance() sends a call that may have arrived nowhere else", async () => {
  let calls = 0;
  const member = {
    connect: () => Promise.resolve(true),
    transport: {
      unary() {
        calls++;
        return Promise.reject(new ConnectError("lost", Code.Unavailable));
      },
    } as unknown as Transport,
  };
  const balanced = balance([member, member]);
  await assertRejects(() => (balanced.unary as unknown as () => Promise<unknown>)(), ConnectError);
  assertEquals(calls, 1);
});

/** Takes connections and answers HTTP/2 until it falls silent. */
async function fallingSilent() {
  const { server, endpoint } = await packageServer(answered);
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  let silent = false;
  let connections = 0;
  const open: Deno.Conn[] = [];
  const pump = async (from: Deno.Conn, to: Deno.Conn) => {
    const buffer = new Uint8Array(65_536);
    try {
      for (let read = await from.read(buffer); read !== null; read = await from.read(buffer)) {
        if (!silent) await to.write(buffer.slice(0, read));
      }
    } catch { /* closed at the end of the test */ }
  };
  const pumps: Promise<void>[] = [];
  const accepting = (async () => {
    for await (const client of listener) {
      connections++;
      const upstream = await Deno.connect({ port: Number(new URL(endpoint).port) });
      open.push(client, upstream);
      pumps.push(pump(client, upstream), pump(upstream, client));
    }
  })();
  return {
    endpoint: `http://127.0.0.1:${listener.addr.port}`,
    fall: (down: boolean) => silent = down,
    connections: () => connections,
    async stop() {
      listener.close();
      await accepting.catch(() => {});
      for (const connection of open) {
        try {
          connection.close();
        } catch { /* closed by its other side */ }
      }
      await Promise.all(pumps);
      await server.shutdown({ graceMs: 0 });
    },
  };
}

Deno.test("ClientOptions.keepAlive gives up a connection that has died in silence", async () => {
  const proxy = await fallingSilent();
  const client = PackageClient.connect(proxy.endpoint, {
    keepAlive: { intervalMs: 30, timeoutMs: 30 },
    timeoutMs: 60_000,
  });
  await client.createPackage({ name: "a" });
  proxy.fall(true);
  const error = await assertRejects(() => client.createPackage({ name: "b" }), ConnectError);
  assertEquals(error.code, Code.Unavailable);
  proxy.fall(false);
  assertEquals(await client.createPackage({ name: "c" }), "x");
  assert(proxy.connections() >= 2);
  await client.close();
  await proxy.stop();
});

Deno.test("ClientOptions.keepAlive is checked", () => {
  for (const keepAlive of [{ intervalMs: 0 }, { intervalMs: 1, timeoutMs: -1 }]) {
    assertThrows(
      () => PackageClient.connect(NOWHERE, { keepAlive }),
      RangeError,
      "Cannot use keepAlive.",
    );
  }
});
