import { peerTest } from "../../tests/_peers.ts";
import { now } from "../testing/_case.ts";
import { testStore } from "../testing/mod.ts";
import { clusterForFile, etcdPeer } from "./_testing.ts";
import { etcdStore } from "./store.ts";

// One cluster for all tests of a size: each store has a part of its own.
const single = await clusterForFile();
const three = await clusterForFile({ members: 3 });
let parts = 0;

for (const [name, cluster] of [["one node", single], ["3 nodes", three]] as const) {
  testStore(
    () => etcdStore({ endpoints: cluster!.endpoints, keyPrefix: `/part-${parts++}/` }),
    {
      name: `etcdStore() on ${name}`,
      test: (name, run) => peerTest(name, etcdPeer, run),
      sharedHistory: true,
      async compact(store) {
        const revision = Number(await now(store));
        await cluster!.call("kv/compaction", { revision, physical: true });
      },
    },
  );
}
