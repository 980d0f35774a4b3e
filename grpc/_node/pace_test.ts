import { assert, assertEquals } from "@std/assert";
import { packageServer } from "../_testing.ts";
import { PackageClient } from "../mod.ts";
import { createPace } from "./pace.ts";

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

Deno.test("createPace() gives a group in each turn, in order", async () => {
  const pace = createPace(3);
  const given: number[] = [];
  for (let i = 0; i < 8; i++) pace(() => given.push(i));
  assertEquals(given, [0, 1, 2]);
  await turn();
  assertEquals(given, [0, 1, 2, 3, 4, 5]);
  // The turn has had its group, and what comes now waits its turn.
  pace(() => given.push(8));
  assertEquals(given, [0, 1, 2, 3, 4, 5]);
  await turn();
  assertEquals(given, [0, 1, 2, 3, 4, 5, 6, 7, 8]);
  await turn();
});

Deno.test("createPace() lets nothing wait that comes alone", async () => {
  const pace = createPace(2);
  for (let i = 0; i < 5; i++) {
    let given = false;
    pace(() => given = true);
    assertEquals(given, true);
    await turn();
  }
});

Deno.test("createPace() goes on where giving brings more", async () => {
  const pace = createPace(2);
  const given: number[] = [];
  const give = (i: number) => () => {
    given.push(i);
    if (i < 5) pace(give(i + 1));
  };
  pace(give(0));
  assertEquals(given, [0, 1]);
  await turn();
  await turn();
  assertEquals(given, [0, 1, 2, 3, 4, 5]);
  await turn();
});

Deno.test("PackageClient goes on with calls that are answered together group by group", async () => {
  const waiting: (() => void)[] = [];
  const { server, endpoint } = await packageServer({
    async createPackage() {
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        // All at once, so that all answers come in one packet.
        if (waiting.length === 40) waiting.forEach((answer) => answer());
      });
      return { packageId: "id" };
    },
  });
  const client = PackageClient.connect(endpoint, { timeoutMs: 0 });
  let inTurn = 0;
  let most = 0;
  let left = 40;
  const calls = Array.from({ length: 40 }, async () => {
    await client.createPackage({ name: "a" });
    most = Math.max(most, ++inTurn);
    left--;
  });
  while (left > 0) {
    await turn();
    inTurn = 0;
  }
  await Promise.all(calls);
  assert(most > 1 && most <= 8, `${most} calls went on in one turn`);
  await client.close();
  await server.shutdown();
});
