/** Counts under a lock, again and again, with nothing but its guard to keep others out. */
import { acquireLock, isStorageError, openStorage } from "../../mod.ts";

const [endpoint] = Deno.args as [string];
const storage = await openStorage({ type: "etcd", etcd: { endpoints: [endpoint] } });
const { store } = storage;
for (;;) {
  const lock = await acquireLock(storage, "counter", { ttlMs: 900 });
  try {
    for (let i = 0; i < 30 && !lock.lost.aborted; i++) {
      const entry = await store.get("/counter");
      const next = Number(entry ? new TextDecoder().decode(entry.value) : 0) + 1;
      await new Promise((resolve) => setTimeout(resolve, 2));
      const value = new TextEncoder().encode(String(next));
      await store.commit([lock.guard(), { type: "put", key: "/counter", value }]);
      console.log(`${next} ${lock.token}`);
    }
  } catch (error) {
    if (!isStorageError(error)) throw error;
    console.log(error.code);
  }
  await lock.release().catch(() => {});
}
