/**
 * How late a watch sees what another process commits to the same Deno KV file: run by itself it is
 * that other process.
 */
import { denoKvStore } from "@oprc/storage/deno-kv";

const COMMITS = 1000;
const clock = () => performance.timeOrigin + performance.now();

/** Commits at random moments, about 50 a second, each with the time at which it was begun. */
async function write(path: string): Promise<void> {
  const store = await denoKvStore({ path });
  for (let i = 0; i <= COMMITS; i++) {
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 40));
    const value = new TextEncoder().encode(i < COMMITS ? String(clock()) : "end");
    await store.commit([{ type: "put", key: "stamp", value }]);
  }
  await store[Symbol.asyncDispose]();
}

/** Prints a table of the lag, from before the commit to the batch in hand. */
export async function watchLag(path: string): Promise<void> {
  const store = await denoKvStore({ path });
  const args = ["run", "-A", "--unstable-kv", "--no-config", "--no-lock", "--quiet"];
  const child = new Deno.Command(Deno.env.get("OPRC_BENCH_DENO")!, {
    args: [...args, `--import-map=${Deno.env.get("OPRC_BENCH_IMPORT_MAP")}`, import.meta.url, path],
  }).spawn();
  const lags: number[] = [];
  watching:
  for await (const { events } of store.watch("stamp")) {
    for (const event of events) {
      if (event.type !== "put") continue;
      const stamp = new TextDecoder().decode(event.value);
      if (stamp === "end") break watching;
      lags.push(clock() - Number(stamp));
    }
  }
  await child.status;
  await store[Symbol.asyncDispose]();
  lags.sort((a, b) => a - b);
  const at = (part: number) => `${lags[Math.floor(lags.length * part)]!.toFixed(1)} ms`;
  const columns = ["Deno KV, lag of a watch across processes", "p50", "p99", "longest", "aim"];
  const met = lags[Math.floor(lags.length * 0.99)]! < 50 ? "met" : "not met";
  const longest = `${lags.at(-1)!.toFixed(1)} ms`;
  const rows = [[`${lags.length} commits`, at(0.5), at(0.99), longest, `p99 under 50 ms, ${met}`]];
  console.log(`TABLE ${JSON.stringify({ columns, rows })}`);
}

if (import.meta.main) await write(Deno.args[0]!);
