/** What happens to processes that share a Deno KV file while commits are made. */
import { denoKvStore } from "../deno_kv/mod.ts";
import { type Figures, load, Watcher } from "./_load.ts";
import { type OnDisk, onDisk, withLimit } from "./_room.ts";
import type { Fault } from "./etcd_faults.ts";

const FULL = new URL("./testdata/kv_full.ts", import.meta.url).pathname;
const PROGRAM = new URL("./testdata/kv_process.ts", import.meta.url).pathname;

const LEAST_ROUNDS = 30;

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

/** Writers and followers are killed; the file and a follower that isn't must show all. */
const processesKilled: Fault = async (ms) => {
  const folder = await Deno.makeTempDir({ prefix: "oprc-kv-" });
  const path = `${folder}/test.db`;
  /** What the writer of each round said. */
  const said: string[][] = [];
  let doubled = 0;
  let missing = 0;
  let last = performance.now();
  let longestGapMs = 0;
  try {
    await using store = await denoKvStore({ path, historyLength: 1_000_000 });
    const from = (await store.list("k/", { limit: 1 })).revision;
    const watcher = new Watcher(store, "k/", from);
    const end = Date.now() + ms;
    // Two at a time: one comes to its end while another begins.
    const rounds = async () => {
      while (said.length < LEAST_ROUNDS || Date.now() < end) {
        const round = said.push([]) - 1;
        const follower = run("follow", path, from);
        const writer = run("write", path, String(round));
        const wanted = 10 + Math.floor(Math.random() * 200);
        let count = 0;
        while (writer.lines.length < wanted) {
          await pause(2);
          if (writer.lines.length === count) continue;
          count = writer.lines.length;
          longestGapMs = Math.max(longestGapMs, performance.now() - last);
          last = performance.now();
        }
        await writer.kill();
        said[round] = writer.lines;
        await pause(Math.random() * 50);
        await follower.kill();
        // Whatever it got to print is a beginning of the history, without a gap.
        const history = [...watcher.seen.keys()];
        doubled += follower.lines.length - new Set(follower.lines).size;
        for (const [i, line] of follower.lines.slice(0, history.length).entries()) {
          if (line !== history[i]) missing++;
        }
      }
    };
    await Promise.all([rounds(), rounds()]);
    await store.commit([{ type: "put", key: "k/end", value: new TextEncoder().encode("end") }]);
    await watcher.end("k/end=end");
    const acknowledged = said.flat();
    const counts = acknowledged.map((value) => watcher.seen.get(value)?.length ?? 0);
    let lost = 0;
    let unknownApplied = 0;
    for (const [round, lines] of said.entries()) {
      const entry = await store.get(`k/${round}`);
      const found = entry && Number(new TextDecoder().decode(entry.value).split(".")[1]);
      if (!(found! >= lines.length - 1)) lost++;
      // The writer was killed in the middle of the next.
      if (watcher.seen.has(`k/${round}=${round}.${lines.length}`)) unknownApplied++;
      // And had not begun the one after that.
      if (watcher.seen.has(`k/${round}=${round}.${lines.length + 1}`)) doubled++;
    }
    return {
      acknowledged: acknowledged.length,
      lost,
      unknown: said.length,
      unknownApplied,
      failed: 0,
      failedApplied: 0,
      longestGapMs,
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

/** Commits go on while there is no room, and when there is some again. */
async function noRoom(how: "disk" | "limit", around: OnDisk): Promise<Figures> {
  const folder = await Deno.makeTempDir({ prefix: "oprc-kv-" });
  try {
    const [program, ...args] = around(folder, [
      Deno.execPath(),
      ...["run", "-A", "--no-check", "--unstable-kv", FULL, how, folder],
    ]);
    const command = new Deno.Command(program!, { args, stderr: "inherit" });
    const { success, stdout } = await command.output();
    if (!success) throw new Error("the program failed");
    return JSON.parse(new TextDecoder().decode(stdout)) as Figures;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** All of them by name; those that can't be had here are `undefined`. */
export const kvFaults: Readonly<Record<string, Fault | undefined>> = {
  "a writer and a follower killed": processesKilled,
  "two processes on one file": twoProcesses,
  "the disk full": onDisk && (() => noRoom("disk", onDisk!)),
  "a file that can't grow": withLimit && (() => noRoom("limit", (_, rest) => withLimit!(rest))),
};
