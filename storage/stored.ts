import type { CallOptions, Expect, Op, Revision } from "./port.ts";

/** A record with the revision at which it was last written. */
export interface Stored<T> {
  /** The record. */
  readonly value: T;
  /** Its revision; hand it back as `expect` to write only if nobody else has. */
  readonly revision: Revision;
}

/** A page of records. */
export interface StoredPage<T> {
  /** The records, in byte order of their keys. */
  readonly items: readonly Stored<T>[];
  /** A revision taken before the first page was read: watch from here misses nothing. */
  readonly revision: Revision;
  /** Where the next page starts; absent on the last one. */
  readonly cursor?: string;
}

/** Options of the lists of records. */
export interface PageOptions extends CallOptions {
  /**
   * The most records on the page. Only the last page has fewer.
   *
   * @default {100}
   */
  readonly limit?: number | undefined;
  /** The cursor of the page before, from a list with the same filter. */
  readonly cursor?: string | undefined;
}

/** Options of the writes of records. */
export interface WriteOptions extends CallOptions {
  /**
   * What must be there: a revision, or `null` for no such record.
   *
   * @default {undefined}, anything
   */
  readonly expect?: Expect;
  /** Further operations for the same commit: checks, guard keys. */
  readonly with?: readonly Op[] | undefined;
}

/** Options of the deletions of records. */
export interface DeleteOptions extends CallOptions {
  /**
   * The revision at which the record must be.
   *
   * @default {undefined}, any, or none
   */
  readonly expect?: Revision | undefined;
  /**
   * Further operations for the same commit: checks, guard keys. They aren't made if there is no
   * such record.
   */
  readonly with?: readonly Op[] | undefined;
}

/** A record that was written or deleted. */
export type Change<T> =
  | {
    /** Tells the changes apart. */
    readonly type: "put";
    /** The name of the record. */
    readonly name: string;
    /** The record as written. */
    readonly value: T;
    /** The revision of the commit. */
    readonly revision: Revision;
  }
  | {
    /** Tells the changes apart. */
    readonly type: "delete";
    /** The name of the record. */
    readonly name: string;
    /** The revision of the commit. */
    readonly revision: Revision;
  };

/** What one commit changed. Without changes it is a bookmark, as in `Batch`. */
export interface ChangeBatch<T> {
  /** The revision of the commit; a watch `from` here goes on after it. */
  readonly revision: Revision;
  /** The changes, in the order of the commit's operations. */
  readonly changes: readonly Change<T>[];
}

/**
 * Goes through the records of all pages of a list.
 *
 * @example
 * ```ts
 * import { allItems, memoryStorageFactory } from "@oprc/storage";
 * import { create } from "@bufbuild/protobuf";
 * import { OPackageSchema } from "@oprc/proto/package";
 * import { assertEquals } from "@std/assert";
 *
 * const factory = memoryStorageFactory();
 * const packages = factory.createPackageStorage();
 * for (const name of ["a", "b", "c"]) {
 *   await packages.storePackage(create(OPackageSchema, { name }));
 * }
 * const names: string[] = [];
 * for await (const { value } of allItems((page) => packages.listPackages({}, page))) {
 *   names.push(value.name);
 * }
 * assertEquals(names, ["a", "b", "c"]);
 * await factory[Symbol.asyncDispose]();
 * ```
 *
 * @param list Fetches a page
 */
export async function* allItems<T>(
  list: (options: PageOptions) => Promise<StoredPage<T>>,
  options: Omit<PageOptions, "cursor"> = {},
): AsyncGenerator<Stored<T>, void, void> {
  let cursor: string | undefined;
  do {
    const page = await list({ limit: 500, ...options, cursor });
    yield* page.items;
    cursor = page.cursor;
  } while (cursor !== undefined);
}
