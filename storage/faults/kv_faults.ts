/** What happens to processes that share a Deno KV file while commits are made. */
import { denoKvStore } from "../deno_kv/mod.ts";
import { type Figures, load, Watcher } from "./_load.ts";
import type { Fault } from "./etcd_faults.ts";

const PROGRAM = new URL("./testdata/kv_process.ts", import.meta.url).pathname;

/** A process that does compare-and-set, or that follows; `lines` is what it printed. */
function run(role: "write" | "follow", path: string, name: string): {
  readonly lines: string[];
  kill(): Promise<void>;
} {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--unstable-kv", PROGRAM, role, path, name],
    stdout: "piped",
  }).spawn();
  const lines: string[] = [];
  let rest = "";
  const reading = (async () => {
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      const parts = (rest + text).split("\n");
      rest = parts.pop()!;
      lines.push(...parts);
    }
  })();
  return {
    lines,
    async kill() {
      child.kill("SIGKILL");
      await child.status;
      await reading;
    },
  };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Writer and follower are killed in turn; the file and another follower must show all. */
const processesKilled: Fault = async (ms) => {
  const folder = await Deno.makeTempDir({ prefix: "oprc-kv-" });
  const path = `${folder}/test.db`;
  const acknowledged: string[] = [];
  let rounds = 0;
  try {
    await using store = await denoKvStore({ path, historyLength: 1_000_000 });
    const from = (await store.list("k/", { limit: 1 })).revision;
    const watcher = new Watcher(store, "k/", from);
    let doubled = 0;
    let missing = 0;
    const end = Date.now() + ms;
    do {
      const follower = run("follow", path, from);
      const writer = run("write", path, String(rounds++));
      const wanted = 10 + Math.floor(Math.random() * 200);
      while (writer.lines.length < wanted) await pause(2);
      await writer.kill();
      acknowledged.push(...writer.lines);
      await pause(Math.random() * 50);
      await follower.kill();
      // Whatever it got to print is a beginning of the history, without a gap.
      const history = [...watcher.seen.keys()];
      doubled += follower.lines.length - new Set(follower.lines).size;
      for (const [i, line] of follower.lines.slice(0, history.length).entries()) {
        if (line !== history[i]) missing++;
      }
    } while (Date.now() < end);
    await store.commit([{ type: "put", key: "k/end", value: new TextEncoder().encode("end") }]);
    await watcher.end("k/end=end");
    const counts = acknowledged.map((value) => watcher.seen.get(value)?.length ?? 0);
    let lost = 0;
    for (let round = 0; round < rounds; round++) {
      const newest = acknowledged.findLast((value) => value.startsWith(`k/${round}=`));
      const entry = await store.get(`k/${round}`);
      const found = entry && Number(new TextDecoder().decode(entry.value).split(".")[1]);
      if (newest && !(found! >= Number(newest.split(".")[1]))) lost++;
    }
    return {
      acknowledged: acknowledged.length,
      lost,
      unknown: 0,
      unknownApplied: 0,
      failed: 0,
      failedApplied: 0,
      longestGapMs: 0,
      eventsMissing: counts.filter((count) => count === 0).length + missing,
      eventsDoubled: counts.filter((count) => count > 1).length + doubled,
      eventsOutOfOrder: watcher.outOfOrder,
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
};

/** Another process does compare-and-set on the same file. */
const twoProcesses: Fault = async (ms): Promise<Figures> => {
  const folder = await Deno.makeTempDir({ prefix: "oprc-kv-" });
  const path = `${folder}/test.db`;
  try {
    await using store = await denoKvStore({ path, historyLength: 1_000_000 });
    await using watched = await denoKvStore({ path, historyLength: 1_000_000 });
    const other = run("write", path, "other");
    try {
      return await load({
        store,
        watched,
        prefix: "load/",
        async during(acknowledged) {
          const end = Date.now() + ms;
          while (Date.now() < end || acknowledged() < 100 || other.lines.length < 100) {
            await pause(10);
          }
        },
      });
    } finally {
      await other.kill();
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
};

/** All of them by name. */
export const kvFaults: Readonly<Record<string, Fault>> = {
  "a writer and a follower killed": processesKilled,
  "two processes on one file": twoProcesses,
};
