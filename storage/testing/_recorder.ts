import { isStorageError } from "../errors.ts";
import type { Expect, KeyValueStore, Op } from "../port.ts";
import { bytes, text } from "./_case.ts";
import type { Step } from "./_linearizable.ts";

/** What a client needs of a store. */
export type Register = Pick<KeyValueStore, "get" | "commit">;

/** Options of {@linkcode record}. */
export interface RecordOptions {
  /** What the keys begin with. */
  readonly prefix?: string;
  /** @default {3} */
  readonly keys?: number;
  /** How many steps each client makes; a function tells whether to go on. */
  readonly steps: number | (() => boolean);
  /** @default {Math.random} */
  readonly random?: () => number;
}

/** Leaves time to others where nothing can be had. */
const breath = () => new Promise((resolve) => setTimeout(resolve, 5));

const TYPES = ["get", "get", "put", "swap", "swap", "swap", "create", "delete", "remove"] as const;

/** Has a client for each register read and write a few keys at one time, and writes down all. */
export async function record(
  registers: readonly Register[],
  { prefix = "r/", keys = 3, steps, random = Math.random }: RecordOptions,
): Promise<Step[]> {
  const history: Step[] = [];
  let clock = 0;
  const pick = <T>(from: readonly T[]) => from[Math.floor(random() * from.length)]!;
  const client = async (register: Register, number: number) => {
    const seen = new Map<string, Expect>();
    for (let n = 0; typeof steps === "number" ? n < steps : steps(); n++) {
      const key = `${prefix}${Math.floor(random() * keys)}`;
      const type = pick(TYPES);
      const span = { client: number, key, invoked: clock++ };
      if (type === "get") {
        try {
          const entry = await register.get(key);
          const found = entry ? { value: text(entry.value)!, revision: entry.revision } : null;
          seen.set(key, entry?.revision ?? null);
          history.push({ ...span, type, found, returned: clock++ });
        } catch (error) {
          // A read that fails has found nothing out.
          if (!isStorageError(error, "unavailable")) throw error;
          await breath();
        }
        continue;
      }
      const value = type === "delete" || type === "remove" ? null : `${number}.${n}`;
      const last = seen.get(key);
      const expect = type === "create"
        ? null
        : type === "swap" || type === "remove"
        ? last
        : undefined;
      // There is no deleting of what isn't there.
      if (value === null && expect === null) continue;
      const op: Op = value === null
        ? { type: "delete", key, expect: expect ?? undefined }
        : { type: "put", key, value: bytes(value), expect };
      const step = { ...span, type: "write" as const, value, expect };
      try {
        const revision = await register.commit([op]);
        history.push({ ...step, outcome: { revision }, returned: clock++ });
        seen.set(key, value === null ? null : revision);
      } catch (error) {
        seen.delete(key);
        if (isStorageError(error, "conflict")) {
          history.push({ ...step, outcome: "conflict", returned: clock++ });
        } else if (isStorageError(error, "unknown")) {
          history.push({ ...step, outcome: "unknown", returned: Infinity });
        } else if (isStorageError(error, "unavailable")) await breath();
        else throw error;
      }
    }
  };
  await Promise.all(registers.map(client));
  return history;
}
