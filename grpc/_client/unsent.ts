/** Errors of calls that surely never reached a server, so that they may go to another. */
const unsent = new WeakSet<object>();

/** Marks an error as that of a call that never reached its server. */
export function markUnsent<E extends object>(error: E): E {
  unsent.add(error);
  return error;
}

/** Whether the call of this error surely never reached its server. */
export function isUnsent(error: unknown): boolean {
  return typeof error === "object" && error !== null && unsent.has(error);
}
