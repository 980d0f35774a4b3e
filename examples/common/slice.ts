/** How `limit` and `offset` of a list request are read. */

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;

/** The slice that a request asks for: 100 items by default, 1,000 at most. */
export function sliceOf(request: {
  readonly limit: number;
  readonly offset: number;
}): { limit: number; offset: number } {
  const { limit, offset } = request;
  return { limit: limit === 0 ? DEFAULT_LIMIT : Math.min(limit, MAX_LIMIT), offset };
}
