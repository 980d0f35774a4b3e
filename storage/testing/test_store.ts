import type { KeyValueStore } from "../port.ts";
import type { Case } from "./_case.ts";
import { commitCases } from "./_commit_cases.ts";
import { concurrencyCases } from "./_concurrency_cases.ts";
import { endCases } from "./_end_cases.ts";
import { getCases } from "./_get_cases.ts";
import { limitCases } from "./_limit_cases.ts";
import { listCases } from "./_list_cases.ts";
import { runtimeTest } from "./_runtime.ts";
import { watchCases } from "./_watch_cases.ts";

/** Options of {@linkcode testStore}. */
export interface TestStoreOptions {
  /**
   * What the names of the tests begin with.
   *
   * @default {"store"}
   */
  readonly name?: string;
  /**
   * Registers a test.
   *
   * @default {undefined}, `Deno.test` on Deno and `test` of `node:test` on Node
   */
  readonly test?: (name: string, run: () => Promise<void>) => void;
  /**
   * Makes a store forget its history up to now. It may write under `/compact/`. Without it the
   * case of a watch that starts too far back isn't registered.
   */
  readonly compact?: (store: KeyValueStore) => Promise<void>;
  /**
   * Whether the stores that the factory makes count their revisions together, as parts of one
   * database do. The case that takes a revision from another store isn't registered then.
   *
   * @default {false}
   */
  readonly sharedHistory?: boolean;
}

/**
 * Registers a test for each clause of the contract of {@linkcode KeyValueStore}, over sixty.
 * One records what clients read and write at one time, and searches for an order that explains it
 * (linearizability).
 *
 * @param factory Makes a new, empty store; each test closes what it made
 */
export function testStore(
  factory: () => KeyValueStore | Promise<KeyValueStore>,
  options: TestStoreOptions = {},
): void {
  const { name = "store", test = runtimeTest(), compact, sharedHistory = false } = options;
  const cases: readonly Case[] = [
    ...getCases,
    ...commitCases,
    ...limitCases,
    ...listCases,
    ...watchCases(compact, sharedHistory),
    ...concurrencyCases,
    ...endCases,
  ];
  for (const { title, run } of cases) {
    test(`${name}: ${title}`, async () => {
      const opened: KeyValueStore[] = [];
      const open = async () => {
        const store = await factory();
        opened.push(store);
        return store;
      };
      try {
        await run(await open(), open);
      } finally {
        for (const store of opened.reverse()) await store[Symbol.asyncDispose]();
      }
    });
  }
}
