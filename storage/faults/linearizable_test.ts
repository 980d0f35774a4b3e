/** What several processes and clients read and write at one time, searched for an order. */
import { assert, assertEquals } from "@std/assert";
import { peerTest } from "../../tests/_peers.ts";
import { denoKvStore } from "../deno_kv/mod.ts";
import { etcdPeer, startEtcd } from "../etcd/_testing.ts";
import { etcdStore } from "../etcd/mod.ts";
import { contradiction, type Step } from "../testing/_linearizable.ts";
import { record } from "../testing/_recorder.ts";
import { Servant } from "./_servant.ts";

function figures(name: string, history: readonly Step[]): void {
  const of = (outcome: (step: Step) => boolean) => history.filter(outcome).length;
  const parts = [
    `${of((step) => step.type === "get")} reads`,
    `${of((step) => step.type === "write" && typeof step.outcome === "object")} writes applied`,
    `${of((step) => step.type === "write" && step.outcome === "conflict")} refused`,
    `${of((step) => step.returned === Infinity)} unknown`,
  ];
  console.log(`${name}: ${parts.join(", ")}`);
}

Deno.test("denoKvStore() of three processes on one file is linearizable, also with kill -9", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/test.db`;
    await using store = await denoKvStore({ path });
    await using lasting = new Servant(path);
    const killed = new Servant(path);
    let steps = 0;
    const more = () => {
      if (++steps === 400) void killed.kill();
      return steps < 1000;
    };
    const registers = [store, store, lasting, lasting, killed, killed];
    const history = await record(registers, { steps: more });
    await killed[Symbol.asyncDispose]();
    figures("three processes on one file", history);
    for (const client of [0, 2, 4]) assert(history.some((step) => step.client === client));
    assertEquals(contradiction(history), undefined);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

peerTest(
  "etcdStore() of clients of three members is linearizable, also when the leader is killed",
  etcdPeer,
  async () => {
    await using cluster = await startEtcd({ members: 3 });
    const { endpoints } = cluster;
    // Each client begins at a member of its own.
    const stores = await Promise.all(
      [0, 0.4, 0.7].map((at) => etcdStore({ endpoints, random: () => at })),
    );
    let running = true;
    let steps = 0;
    const recording = record([...stores, ...stores], {
      steps: () => (steps++, running && steps < 20_000),
    });
    const reach = async (wanted: number) => {
      while (steps < wanted) await new Promise((resolve) => setTimeout(resolve, 10));
    };
    await reach(500);
    const leader = await cluster.leader();
    await cluster.kill(leader);
    await reach(steps + 500);
    cluster.restart(leader);
    await cluster.ready(leader);
    await reach(steps + 500);
    running = false;
    const history = await recording;
    for (const store of stores) await store[Symbol.asyncDispose]();
    figures("clients of three members, the leader killed", history);
    assertEquals(contradiction(history), undefined);
  },
);
