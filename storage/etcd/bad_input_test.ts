/** What etcd stores are given that can't work: each an error that tells, in time, nothing written. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { Buffer } from "node:buffer";
import { peerTest } from "../../tests/_peers.ts";
import { isStorageError } from "../errors.ts";
import { put } from "../helpers.ts";
import type { Op } from "../port.ts";
import { fails, soon } from "../testing/_case.ts";
import { etcdPeer, freePorts, startEtcd } from "./_testing.ts";
import { etcdStore } from "./store.ts";

const timeoutMs = 300;

Deno.test("etcdStore() of endpoints that can't be reached is unavailable, and names them", async () => {
  const [a, b] = freePorts(2).map((port) => `http://127.0.0.1:${port}`) as [string, string];
  const error = await soon(fails(etcdStore({ endpoints: [a, b], timeoutMs }), "unavailable"));
  assert(error.message.startsWith(`Cannot open etcd at ${a}, ${b}: `), error.message);
  assertMatch(error.message, /did not answer within 300 ms: .*ECONNREFUSED/);
});

Deno.test({
  name: "etcdStore() of a host that there isn't is unavailable",
  // A look-up can't be called off, and a slow resolver takes longer than the store waits.
  sanitizeOps: false,
  async fn() {
    const endpoints = ["http://no-such-host.invalid:2379"];
    const error = await soon(fails(etcdStore({ endpoints, timeoutMs }), "unavailable"));
    assertMatch(error.message, /no-such-host\.invalid:2379/);
  },
});

Deno.test("etcdStore() of what takes connections and never answers is unavailable", async () => {
  using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connections: Deno.Conn[] = [];
  const accepting = (async () => {
    for await (const connection of silent) connections.push(connection);
  })().catch(() => {});
  const endpoints = [`http://127.0.0.1:${(silent.addr as Deno.NetAddr).port}`];
  await soon(fails(etcdStore({ endpoints, timeoutMs }), "unavailable"));
  assert(connections.length > 0);
  for (const connection of connections) connection.close();
  silent.close();
  await accepting;
});

Deno.test("etcdStore() of a web server is unavailable", async () => {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => new Response("no etcd"),
  );
  const endpoints = [`http://127.0.0.1:${server.addr.port}`];
  await soon(fails(etcdStore({ endpoints, timeoutMs }), "unavailable"));
});

Deno.test("etcdStore() of an etcd 3.2 is invalid, and calls nothing further", async () => {
  const server = new Server();
  const calls: string[] = [];
  const bytes = (value: Buffer) => value;
  server.addService(
    {
      status: {
        path: "/etcdserverpb.Maintenance/Status",
        requestStream: false,
        responseStream: false,
        requestSerialize: bytes,
        requestDeserialize: bytes,
        responseSerialize: bytes,
        responseDeserialize: bytes,
      },
    },
    {
      status(_: unknown, answer: (error: null, response: Buffer) => void) {
        calls.push("status");
        const version = "3.2.26";
        // A header of nothing, and the version as field 2.
        answer(null, Buffer.from([0x0a, 0, 0x12, version.length, ...Buffer.from(version)]));
      },
    },
  );
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync(
      "127.0.0.1:0",
      ServerCredentials.createInsecure(),
      (error, port) => error ? reject(error) : resolve(port),
    )
  );
  const endpoints = [`http://127.0.0.1:${port}`];
  const error = await soon(fails(etcdStore({ endpoints, timeoutMs: 5000 }), "invalid"));
  assertEquals(
    error.message,
    `Cannot open etcd at ${endpoints}: it is version 3.2.26, and 3.4 is the oldest that works`,
  );
  assertEquals(calls, ["status"]);
  await new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
});

peerTest(
  "etcdStore() of an etcd with lower limits is too_large, and applies nothing",
  etcdPeer,
  async () => {
    await using cluster = await startEtcd({
      args: ["--max-request-bytes=65536", "--max-txn-ops=8"],
    });
    await using store = await etcdStore({ endpoints: cluster.endpoints });
    const before = await put(store, "a", new Uint8Array(60_000));
    const large = await fails(put(store, "a", new Uint8Array(100_000)), "too_large");
    assertEquals(large.key, "a");
    assertEquals(large.message, 'Cannot put key "a": request is too large');
    const ops = Array.from({ length: 9 }, (_, i): Op => ({
      type: "put",
      key: `k${i}`,
      value: new Uint8Array(),
      expect: null,
    }));
    await fails(store.commit(ops), "too_large");
    await store.commit(ops.slice(0, 8));
    const { entries } = await store.list("");
    assertEquals(entries.length, 9);
    assertEquals(entries[0]?.revision, before);
  },
);

const crowded = { args: ["--quota-backend-bytes=1000000"] };

peerTest(
  "etcdStore() of an etcd without room is unavailable for writes, and reads",
  etcdPeer,
  async () => {
    await using cluster = await startEtcd(crowded);
    await using store = await etcdStore({ endpoints: cluster.endpoints });
    const value = new Uint8Array(200_000);
    await put(store, "k", value);
    // The first that fails may be one that etcd applies all the same.
    let full = false;
    for (let i = 0; i < 100 && !full; i++) {
      full = await put(store, `k${i}`, value).then(() => false, () => true);
    }
    assert(full);
    const error = await fails(put(store, "last", value), "unavailable");
    assertEquals(error.key, "last");
    assertMatch(
      error.message,
      /^Cannot put key "last": etcd at .*: mvcc: database space exceeded$/,
    );
    assertEquals((await store.get("k"))?.value.length, value.length);
    assertEquals((await store.list("last")).entries.length, 0);
    // What is deleted takes no room.
    await store.commit([{ type: "delete", key: "k" }]);
  },
);

peerTest(
  "etcdStore() of an etcd whose room runs out is unavailable for no write that was applied",
  etcdPeer,
  async () => {
    await using cluster = await startEtcd(crowded);
    await using store = await etcdStore({ endpoints: cluster.endpoints });
    const value = new Uint8Array(20_000);
    const codes = new Map<string, string>();
    await Promise.all(Array.from({ length: 16 }, async (_, writer) => {
      for (let i = 0; i < 1000; i++) {
        const key = `${writer}/${i}`;
        try {
          // In both forms that etcd knows.
          await put(store, key, value, i % 2 ? { expect: null } : {});
          codes.set(key, "written");
        } catch (error) {
          assert(isStorageError(error), `${error}`);
          codes.set(key, error.code);
          return;
        }
      }
    }));
    for (const [key, code] of codes) {
      const there = await store.get(key) !== undefined;
      if (code === "written") assert(there, `${key} is lost`);
      else if (code === "unavailable") assert(!there, `${key} was written all the same`);
      else assertEquals(code, "unknown");
    }
  },
);
