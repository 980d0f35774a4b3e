/** How many streams a client may cancel in a burst, and each second in the long run. */
const BURST = 1000;
const PER_SECOND = 33;

/**
 * Counts the streams that a client opens and cancels at once, the attack known
 * as rapid reset. Node's own guard has the same measures; Deno has none.
 */
export function createResetGuard(now: () => number = Date.now): () => boolean {
  let tokens = BURST;
  let at = now();
  /** Counts one; answers whether that was one too many. */
  return () => {
    const time = now();
    tokens = Math.min(BURST, tokens + (time - at) / 1000 * PER_SECOND);
    at = time;
    tokens--;
    return tokens < 0;
  };
}
