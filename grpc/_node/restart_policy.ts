const WINDOW_MS = 60_000;
const MAX_DELAY_MS = 30_000;

/** How eagerly processes that ended are replaced. */
export interface RestartPolicyOptions {
  readonly restartDelayMs: number;
  readonly maxRestarts: number;
}

/**
 * Counts the processes that end. Each call is for one that ended just now, and answers
 * after how many milliseconds another may take its place; undefined when there were too
 * many within a minute.
 */
export function createRestartPolicy(
  { restartDelayMs, maxRestarts }: RestartPolicyOptions,
  now: () => number = Date.now,
): () => number | undefined {
  let ends: number[] = [];
  return () => {
    const time = now();
    ends = ends.filter((at) => time - at < WINDOW_MS);
    ends.push(time);
    if (ends.length > maxRestarts) return undefined;
    return Math.min(restartDelayMs * 2 ** (ends.length - 1), MAX_DELAY_MS);
  };
}
