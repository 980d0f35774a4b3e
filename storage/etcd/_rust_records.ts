import { LEASING, type Leasing, leasingOf } from "../_leasing.ts";
import { deploymentsPrefix, packagesPrefix } from "../keys.ts";
import type { Batch, Entry, Event, KeyValueStore } from "../port.ts";

/**
 * Records as later Rust services of the platform write them, made into those of the wire contract.
 * Times as text, `null` for what is absent and any letter case of a status are read in any case.
 */

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const objects = (value: unknown): readonly Json[] =>
  Array.isArray(value) ? value.filter(isObject) : [];

/** A package whose classes have `function_bindings`, and whose parts say no package of their own. */
export function packageOfRust(record: Json): Json {
  const { name } = record;
  const named = (part: Json) => ({
    ...part,
    name: part.name ?? part.key,
    package: part.package ?? name,
  });
  return {
    ...record,
    classes: objects(record.classes).map(({ function_bindings, ...rest }) => ({
      ...named(rest),
      functions: rest.functions ?? function_bindings ?? [],
    })),
    functions: objects(record.functions).map((part) => {
      const { description } = part;
      return {
        ...named(part),
        metadata: part.metadata ?? (typeof description === "string" ? { description } : undefined),
      };
    }),
  };
}

/** A deployment with a list of environments, of which the first is meant. */
export function deploymentOfRust({ target_envs, ...record }: Json): Json {
  const [first] = Array.isArray(target_envs) ? target_envs : [];
  return { ...record, target_env: record.target_env ?? first };
}

/** A store that hands out records of Rust services as the wire contract has them. */
export function readingRust(store: KeyValueStore, keyPrefix: string): KeyValueStore {
  const [packages, deployments] = [packagesPrefix(keyPrefix), deploymentsPrefix(keyPrefix)];
  const translate = <T extends { readonly key: string; readonly value: Uint8Array }>(one: T): T => {
    const { key } = one;
    const change = key.startsWith(packages)
      ? packageOfRust
      // What is further below are cluster mappings.
      : key.startsWith(deployments) && !key.slice(deployments.length).includes("/")
      ? deploymentOfRust
      : undefined;
    if (!change) return one;
    try {
      const record: unknown = JSON.parse(
        new TextDecoder("utf-8", { fatal: true }).decode(one.value),
      );
      if (!isObject(record)) return one;
      return { ...one, value: new TextEncoder().encode(JSON.stringify(change(record))) };
    } catch {
      // Whoever reads it says what is wrong with it.
      return one;
    }
  };
  const event = (one: Event): Event => one.type === "put" ? translate(one) : one;
  const batch = (one: Batch): Batch => ({ ...one, events: one.events.map(event) });
  const reading: KeyValueStore & { [LEASING]?: Leasing } = {
    async get(key, options): Promise<Entry | undefined> {
      const entry = await store.get(key, options);
      return entry && translate(entry);
    },
    async list(prefix, options) {
      const page = await store.list(prefix, options);
      return { ...page, entries: page.entries.map(translate) };
    },
    commit: (ops, options) => store.commit(ops, options),
    watch: (prefix, options) => ({
      // No generator: one that waits can't be ended by its consumer.
      [Symbol.asyncIterator]() {
        const inner = store.watch(prefix, options)[Symbol.asyncIterator]();
        return {
          async next() {
            const { done, value } = await inner.next();
            return done ? { done, value } : { done: false, value: batch(value) };
          },
          async return() {
            await inner.return?.();
            return { done: true, value: undefined };
          },
        };
      },
    }),
    health: (options) => store.health(options),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
  const leasing = leasingOf(store);
  if (leasing) reading[LEASING] = leasing;
  return reading;
}
