/** Waits for work, or until a signal fires; the work goes on then. */
export async function unlessAborted<T>(
  work: Promise<T>,
  signal: AbortSignal,
  error: () => Error,
): Promise<T> {
  let stop: (() => void) | undefined;
  const abort = new Promise<never>((_, reject) => {
    stop = () => reject(error());
    signal.addEventListener("abort", stop);
    if (signal.aborted) stop();
  });
  try {
    return await Promise.race([work, abort]);
  } finally {
    signal.removeEventListener("abort", stop!);
    // Whoever loses the race may fail later, unheard.
    work.catch(() => {});
    abort.catch(() => {});
  }
}
