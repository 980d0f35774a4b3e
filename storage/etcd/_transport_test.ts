import { assert, assertEquals } from "@std/assert";
import { Channel, connectivityState, credentials } from "@grpc/grpc-js";
import * as inner from "etcd3/lib/connection-pool.js";
import { peerTest } from "../../tests/_peers.ts";
import { etcdPeer, startEtcd } from "./_testing.ts";
import { type ChannelInside, closeChannel, connect, metadataOf } from "./_transport.ts";
import { toBytes, type WatchResponse } from "./_wire.ts";

Deno.test("connect() uses inner parts of etcd3 that are where they are known to be", () => {
  const { Host } = inner;
  assertEquals(typeof Host, "function", "etcd3's lib/connection-pool.js has no Host any more");
  assertEquals(Host.length, 3, "the arguments of etcd3's Host have changed");
  assertEquals(typeof Host.prototype.getServiceClient, "function");
  assertEquals(typeof Host.prototype.close, "function");
});

Deno.test("connect() closes by inner parts of grpc-js that are where they are known to be", async () => {
  const channel = new Channel("dns:127.0.0.1:1", credentials.createInsecure(), {
    "grpc.use_local_subchannel_pool": 1,
  });
  // Until its first attempt to connect has failed.
  while (channel.getConnectivityState(true) !== connectivityState.TRANSIENT_FAILURE) {
    await new Promise((next) => setTimeout(next, 1));
  }
  const { pool } = (channel as unknown as ChannelInside).internalChannel.subchannelPool;
  const { subchannel } = Object.values(pool).flat()[0]!;
  assert("transport" in subchannel, "grpc-js keeps the connection of a subchannel elsewhere");
  assertEquals(typeof subchannel.backoffTimeout.stop, "function");
  await closeChannel(channel);
});

peerTest(
  "connect() reads and writes what etcd3 names differently from etcd",
  etcdPeer,
  async () => {
    await using cluster = await startEtcd();
    const endpoint = connect(cluster.endpoints[0]!, undefined);
    const metadata = metadataOf(undefined);
    const deadline = Date.now() + 5000;
    await endpoint.settled(deadline);
    assert(endpoint.connected());
    const seen: WatchResponse[] = [];
    let wake = () => {};
    const key = toBytes("a");
    const request = { key, range_end: toBytes("b"), start_revision: 2 };
    const stream = endpoint.watch(
      { create_request: { ...request, progress_notify: false, fragment: true } },
      metadata,
      { message: (response) => (seen.push(response), wake()), end: () => wake() },
    );
    const call = (method: string, message: unknown) =>
      endpoint.unary<{ header: { revision: string }; succeeded: boolean }>(
        "KV",
        method,
        message,
        metadata,
        deadline,
      ).response;
    await call("put", { key, value: toBytes("1") });
    const compare = (revision: number) => ({
      compare: [{ key, target: 2, result: 0, mod_revision: revision }],
      success: [{ request_delete_range: { key } }],
      failure: [],
    });
    assertEquals((await call("txn", compare(1))).succeeded, false);
    assertEquals((await call("txn", compare(2))).succeeded, true);
    const events = () => seen.flatMap((response) => response.events);
    while (events().length < 2) await new Promise<void>((resolve) => wake = resolve);
    assertEquals(events().map((event) => event.type), ["Put", "Delete"]);
    assertEquals(events().map((event) => event.kv.mod_revision), ["2", "3"]);
    stream.cancel();
    await endpoint.close();
  },
);
