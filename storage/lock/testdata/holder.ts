/** Takes a lock and writes under its guard, until it is refused: `holder.ts <kind> <where> <ttl>`. */
import { acquireLock, isConflict, openStorage } from "../../mod.ts";

const [kind, where, ttl] = Deno.args as [string, string, string];
const storage = await openStorage(
  kind === "etcd" ? { type: "etcd", etcd: { endpoints: [where] } } : { type: "deno-kv", path: where },
);
const lock = await acquireLock(storage, "leader", { ttlMs: Number(ttl), holder: "first" });
lock.lost.addEventListener("abort", () => console.log(`lost ${lock.lost.reason.code}`));
const value = new TextEncoder().encode("first");
for (let written = 0;; written++) {
  try {
    await storage.store.commit([lock.guard(), { type: "put", key: "/guarded", value }]);
    if (written === 0) console.log(`token ${lock.token}`);
  } catch (error) {
    if (!isConflict(error)) {
      // Cut off for a moment, as it was paused in the middle of a call.
      console.log(`error ${(error as { code: string }).code}`);
      continue;
    }
    console.log(`refused ${error.key}`);
    break;
  }
  // It is paused in here, for a process that is paused in a transaction keeps the file locked.
  await new Promise((resolve) => setTimeout(resolve, 300));
}
await lock.release();
await storage[Symbol.asyncDispose]();
console.log("end");
