/** Processes that want one lock, while some are paused and some killed. */
import { assert, assertEquals } from "@std/assert";
import { peerTest } from "../../tests/_peers.ts";
import { etcdPeer, startEtcd } from "../etcd/_testing.ts";
import { etcdStore } from "../etcd/mod.ts";
import { text } from "../testing/_case.ts";

const PROGRAM = new URL("./testdata/contender.ts", import.meta.url).pathname;
const DURATION_MS = 5000;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

class Contender {
  readonly #process: Deno.ChildProcess;
  readonly #reading: Promise<void>;

  constructor(endpoint: string, lines: string[]) {
    const process = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", PROGRAM, endpoint],
      stdout: "piped",
    }).spawn();
    this.#process = process;
    this.#reading = (async () => {
      let rest = "";
      for await (const part of process.stdout.pipeThrough(new TextDecoderStream())) {
        const parts = (rest + part).split("\n");
        rest = parts.pop()!;
        lines.push(...parts);
      }
    })();
  }

  async stop(ms: number): Promise<void> {
    this.#process.kill("SIGSTOP");
    await pause(ms);
    this.#process.kill("SIGCONT");
  }

  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#process.status;
    await this.#reading;
  }
}

peerTest(
  "acquireLock() lets nobody count twice, whoever is paused or killed",
  etcdPeer,
  async () => {
    await using cluster = await startEtcd();
    await using store = await etcdStore({ endpoints: cluster.endpoints });
    const lines: string[] = [];
    const start = () => new Contender(cluster.endpoints[0]!, lines);
    const contenders = [start(), start(), start()];
    try {
      while (lines.length === 0) await pause(10);
      const end = performance.now() + DURATION_MS;
      for (let i = 0; performance.now() < end; i++) {
        await pause(300);
        const at = i % contenders.length;
        // Longer than etcd keeps the lock for one that gives no sign of life.
        if (i % 2 === 0) await contenders[at]!.stop(2500);
        else {
          await contenders[at]!.kill();
          contenders[at] = start();
        }
      }
    } finally {
      await Promise.all(contenders.map((contender) => contender.kill()));
    }
    const counted = lines.map((line) => line.split(" ")).filter((parts) => parts.length === 2)
      .map(([count, token]) => ({ count: Number(count), token: token! }))
      .sort((a, b) => a.count - b.count);
    assert(counted.length > 50, `only ${counted.length}`);
    // No number twice, and each later number by the same or a later holder.
    assertEquals(new Set(counted.map(({ count }) => count)).size, counted.length);
    const tokens = counted.map(({ token }) => token);
    assertEquals(tokens, tokens.toSorted());
    assert(new Set(tokens).size > 3, "the lock hardly changed hands");
    // What was killed between a commit and its line is one more each.
    const last = Number(text((await store.get("/counter"))?.value));
    assert(last >= counted.length);
    assert(
      last - counted.length <= lines.length - counted.length + 10,
      `${last} of ${counted.length}`,
    );
  },
);
