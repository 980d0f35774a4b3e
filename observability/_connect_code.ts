/** Connect's codes by number; type names and numbers are those of gRPC. */
const CODES = [
  "ok",
  "canceled",
  "unknown",
  "invalid_argument",
  "deadline_exceeded",
  "not_found",
  "already_exists",
  "permission_denied",
  "resource_exhausted",
  "failed_precondition",
  "aborted",
  "out_of_range",
  "unimplemented",
  "internal",
  "unavailable",
  "data_loss",
  "unauthenticated",
];

/**
 * The name of the code that a call ends with when `error` is thrown. What isn't a
 * ConnectError reaches the client as `internal`.
 */
export function connectCode(error: unknown): string {
  if (!(error instanceof Error)) return "internal";
  const { name, code } = error as { name: string; code?: unknown };
  // By name, so that two copies of the library agree.
  if (name === "ConnectError" && typeof code === "number" && code > 0) {
    return CODES[code] ?? "unknown";
  }
  return name === "AbortError" || name === "TimeoutError" ? "canceled" : "internal";
}
