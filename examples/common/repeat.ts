/**
 * Runs `task` now and then again, `intervalMs` after each end. Disposing it
 * aborts the task's signal and waits until it has ended.
 */
export function repeat(
  intervalMs: number,
  task: (signal: AbortSignal) => Promise<void>,
  onError: (error: unknown) => void,
): AsyncDisposable {
  const controller = new AbortController();
  const { signal } = controller;
  const loop = (async () => {
    while (!signal.aborted) {
      try {
        await task(signal);
      } catch (error) {
        if (!signal.aborted) onError(error);
      }
      await sleep(intervalMs, signal);
    }
  })();
  return {
    async [Symbol.asyncDispose]() {
      controller.abort();
      await loop;
    },
  };
}

/** Waits, or returns at once when the signal aborts. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}
