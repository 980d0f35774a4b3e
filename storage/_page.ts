import { badCursor, decodeToken, encodeToken } from "./_cursor.ts";
import { StorageError } from "./errors.ts";
import type { Revision } from "./port.ts";
import type { PageOptions } from "./stored.ts";

const DEFAULT_LIMIT = 100;

/**
 * Where the next page of records starts: a page of the store's (`null` for its first) and the last
 * record taken from it, as a filter may have filled our page in the middle of the store's.
 */
export interface PageStart {
  readonly page: string | null;
  readonly behind: string;
  readonly revision: Revision;
}

/** Encodes the start of a page of the list of a prefix. */
export function encodeStart({ page, behind, revision }: PageStart, prefix: string): string {
  return encodeToken([page, behind, revision, prefix]);
}

/** Decodes what {@linkcode encodeStart} made for the same prefix. */
export function decodeStart(cursor: string, prefix: string): PageStart {
  const [page, behind, revision, of] = decodeToken(cursor, 4) ?? [];
  if (of !== prefix || page === undefined || !behind || !revision) throw badCursor(prefix);
  return { page, behind, revision };
}

/** Checks the most records of a page. */
export function pageLimit({ limit = DEFAULT_LIMIT }: PageOptions): number {
  if (Number.isInteger(limit) && limit >= 1) return limit;
  throw new StorageError("invalid", `Cannot list: the limit ${limit} is no positive integer`);
}
