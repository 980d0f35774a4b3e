import { assert, assertEquals } from "@std/assert";
import { peerTest } from "../../tests/_peers.ts";
import { etcdPeer } from "../etcd/_testing.ts";
import { line, NEVER } from "./_load.ts";
import { etcdFaults } from "./etcd_faults.ts";

// As long as one round takes; `deno task chaos --minutes 10` goes on for longer.
for (const [name, fault] of Object.entries(etcdFaults)) {
  peerTest(`etcdStore() loses and doubles nothing: ${name}`, etcdPeer, async () => {
    const figures = await fault(1);
    console.log(line(name, figures));
    for (const figure of NEVER) assertEquals(figures[figure], 0, figure);
    assert(figures.acknowledged > 0);
  });
}
