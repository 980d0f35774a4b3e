import { ConnectError } from "@connectrpc/connect";
import { ErrorInfoSchema } from "./gen/google/rpc/error_details_pb.ts";

/** Why a call failed, for programs: what a code alone doesn't tell apart. */
export interface ErrorReason {
  /** Whose reasons these are: `storage.oprc` for what a storage refused. */
  readonly domain: string;
  /** What went wrong, such as `CONFLICT`. */
  readonly reason: string;
}

/**
 * The reason that the server gave with an error (`google.rpc.ErrorInfo`), or undefined where
 * it gave none. A handler that throws the `StorageError` of `@oprc/storage` gives
 * `CONFLICT`, `INVALID`, `TOO_LARGE`, `UNAVAILABLE` or `UNKNOWN`, of the domain `storage.oprc`.
 *
 * @example
 * ```ts
 * import { errorReasonOf, toConnectError } from "@oprc/grpc";
 * import { assertEquals } from "@std/assert";
 *
 * const conflict = Object.assign(new Error(), { name: "StorageError", code: "conflict" });
 * assertEquals(errorReasonOf(toConnectError(conflict))?.reason, "CONFLICT");
 * ```
 */
export function errorReasonOf(error: unknown): ErrorReason | undefined {
  if (!(error instanceof ConnectError)) return undefined;
  const [info] = error.findDetails(ErrorInfoSchema);
  return info && { domain: info.domain, reason: info.reason };
}
