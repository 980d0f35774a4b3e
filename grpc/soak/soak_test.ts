/** A short form of each scenario, on Deno and, where it is installed, on Node. */
import { assertEquals, assertLess } from "@std/assert";
import { installedNode } from "../../tests/_node.ts";
import { peerTest } from "../../tests/_peers.ts";
import { preparePrograms, type Runtime } from "./_programs.ts";
import { runScenario } from "./run.ts";
import { onClients, onServers } from "./scenarios.ts";

/** Runs all scenarios, three at a time: most of their time is spent waiting. */
async function outlive(runtime: Runtime): Promise<void> {
  await using programs = await preparePrograms([runtime]);
  const names = Object.keys({ ...onServers, ...onClients });
  const faults: Record<string, readonly string[]> = {};
  await Promise.all([0, 1, 2].map(async () => {
    for (let name = names.shift(); name !== undefined; name = names.shift()) {
      const options = { runtime, kind: "oprc", scale: 1, settleMs: 1000 } as const;
      const outcome = await runScenario(programs, name, options);
      if (outcome.faults.length > 0) faults[name] = outcome.faults;
      // A reader that takes nothing costs what its connection may hold, not its windows.
      if (name === "slowReaders") assertLess(outcome.figures.heldMiB!, 100);
    }
  }));
  assertEquals(faults, {});
}

Deno.test("serve() and its clients outlive torments", () => outlive("deno"));

peerTest(
  "serve() and its clients outlive torments on Node",
  { peer: "Node", found: await installedNode() },
  () => outlive("node"),
);
