/** Holders that are other processes, and are really paused. */
import { assert, assertEquals } from "@std/assert";
import { peerTest } from "../../tests/_peers.ts";
import { etcdPeer, startEtcd } from "../etcd/_testing.ts";
import { openStorage, type StorageOptions } from "../open_storage.ts";
import { bytes, text } from "../testing/_case.ts";
import { acquireLock } from "./acquire_lock.ts";

const PROGRAM = new URL("./testdata/holder.ts", import.meta.url).pathname;
const TTL_MS = 1500;

/** A process that takes the lock is paused, loses it, and goes on not knowing. */
async function pausedHolder(options: StorageOptions): Promise<void> {
  const where = options.type === "etcd" ? options.etcd!.endpoints[0]! : options.path!;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--unstable-kv", PROGRAM, options.type, where, `${TTL_MS}`],
    stdout: "piped",
  }).spawn();
  const lines: string[] = [];
  let rest = "";
  const reading = (async () => {
    for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
      const parts = (rest + chunk).split("\n");
      rest = parts.pop()!;
      lines.push(...parts);
    }
  })();
  const storage = await openStorage(options);
  try {
    while (lines.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    const token = lines[0]!.replace("token ", "");
    assertEquals(lines[0], `token ${token}`);
    child.kill("SIGSTOP");
    const lock = await acquireLock(storage, "leader", { ttlMs: TTL_MS, holder: "second" });
    assert(lock.token > token, `${lock.token} after ${token}`);
    const op = { type: "put", key: "/guarded", value: bytes("second") } as const;
    const revision = await storage.store.commit([lock.guard(), op]);
    child.kill("SIGCONT");
    assert((await child.status).success);
    await reading;
    // It was refused, and whatever it tried before left no trace.
    assert(lines.includes("refused /oaas/locks/leader"), lines.join("; "));
    assertEquals(lines.at(-1), "end");
    const entry = await storage.store.get("/guarded");
    assertEquals([text(entry?.value), entry?.revision], ["second", revision]);
    // Its release left the lock alone, too.
    assertEquals(lock.lost.aborted, false);
    await storage.store.commit([lock.guard()]);
    await lock.release();
  } finally {
    await storage[Symbol.asyncDispose]();
    try {
      child.kill("SIGKILL");
    } catch {
      // It has ended, as it should.
    }
  }
}

Deno.test("guard() refuses a paused holder's write on a Deno KV file", async () => {
  const folder = await Deno.makeTempDir({ prefix: "oprc-lock-" });
  try {
    await pausedHolder({ type: "deno-kv", path: `${folder}/test.db` });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

peerTest("guard() refuses a paused holder's write on etcd", etcdPeer, async () => {
  await using cluster = await startEtcd();
  await pausedHolder({ type: "etcd", etcd: { endpoints: cluster.endpoints } });
});
