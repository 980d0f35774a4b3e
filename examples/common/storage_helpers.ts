/** Small helpers over the typed stores. */
import { Code, ConnectError } from "@connectrpc/connect";
import { isConflict, type StoredPage } from "@oprc/storage";

const ATTEMPTS = 10;

/** Runs `attempt` again, after a short random wait, when another writer came first. */
export async function retryConflicts<T>(
  what: string,
  signal: AbortSignal | undefined,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let n = 1;; n++) {
    signal?.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      if (!isConflict(error)) throw error;
      if (n === ATTEMPTS) {
        throw new ConnectError(
          `${what}: others changed the same records ${ATTEMPTS} times meanwhile`,
          Code.Aborted,
        );
      }
      await new Promise((resolve) =>
        setTimeout(resolve, Math.random() * Math.min(200, 5 * 2 ** n))
      );
    }
  }
}

/** Reads all pages, and keeps the items from `offset`, at most `limit` of them. */
export async function collectPage<T>(
  readPage: (cursor: string | undefined) => Promise<StoredPage<T>>,
  matches: (item: T) => boolean,
  { limit, offset }: { readonly limit: number; readonly offset: number },
): Promise<{ items: T[]; totalCount: number }> {
  const items: T[] = [];
  let totalCount = 0;
  let cursor: string | undefined;
  do {
    const page = await readPage(cursor);
    for (const { value } of page.items) {
      if (!matches(value)) continue;
      if (totalCount >= offset && items.length < limit) items.push(value);
      totalCount++;
    }
    cursor = page.cursor;
  } while (cursor !== undefined);
  return { items, totalCount };
}
