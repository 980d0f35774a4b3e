import { Code, ConnectError } from "@connectrpc/connect";
import { StatusCode } from "@oprc/proto/common";
import { badRequestDetail, type RequestIssue } from "./bad_request.ts";

/**
 * The gRPC code that says the same as a platform status, or undefined for
 * `OK`. A status that this version doesn't know is `Code.Unknown`.
 */
export function codeFromStatus(status: StatusCode): Code | undefined {
  switch (status) {
    case StatusCode.OK:
      return undefined;
    case StatusCode.NOT_FOUND:
      return Code.NotFound;
    case StatusCode.INVALID_REQUEST:
      return Code.InvalidArgument;
    case StatusCode.INTERNAL_ERROR:
      return Code.Internal;
    default:
      return Code.Unknown;
  }
}

/** The platform status that says the same as a gRPC code; undefined means `OK`. */
export function statusFromCode(code: Code | undefined): StatusCode {
  switch (code) {
    case undefined:
      return StatusCode.OK;
    case Code.NotFound:
      return StatusCode.NOT_FOUND;
    case Code.InvalidArgument:
    case Code.OutOfRange:
      return StatusCode.INVALID_REQUEST;
    case Code.Internal:
    case Code.DataLoss:
      return StatusCode.INTERNAL_ERROR;
    default:
      return StatusCode.ERROR;
  }
}

/** What a caller is told of a fault that is the server's own affair. */
const NEUTRAL = "internal error";

/** Code and text for each code of a storage error; the texts say nothing of keys or hosts. */
const STORAGE: ReadonlyMap<unknown, readonly [Code, string]> = new Map(Object.entries({
  conflict: [Code.Aborted, "the value was changed by someone else meanwhile"],
  too_large: [Code.ResourceExhausted, "the value is too large to be stored"],
  invalid: [Code.InvalidArgument, "the value cannot be stored under this name"],
  unavailable: [Code.Unavailable, "the storage is unavailable"],
  closed: [Code.Unavailable, "the storage is unavailable"],
  unknown: [Code.Unknown, "the storage did not say whether the change was applied"],
  aborted: [Code.Canceled, "the call was cancelled"],
} as Record<string, [Code, string]>));

/**
 * Turns whatever a handler threw into the error that its caller sees. This is
 * the only place where errors meet gRPC codes.
 *
 * | thrown | answered |
 * |---|---|
 * | `ConnectError` | as it is |
 * | `ValidationError` of @oprc/models | `InvalidArgument` with a `google.rpc.BadRequest` |
 * | `StorageError` of @oprc/storage | the code for its `code`; neutral for the storage's own faults |
 * | `AbortError` | `Canceled` |
 * | `TimeoutError` | `DeadlineExceeded` |
 * | anything else | `Internal` with a neutral message |
 *
 * What was thrown stays in `cause`, which never goes over the wire.
 *
 * @example
 * ```ts
 * import { toConnectError } from "@oprc/grpc";
 * import { Code } from "@connectrpc/connect";
 * import { assertEquals } from "@std/assert";
 *
 * const error = toConnectError(new Error("password of db-7 refused"));
 * assertEquals(error.code, Code.Internal);
 * assertEquals(error.rawMessage, "internal error");
 * ```
 */
export function toConnectError(error: unknown): ConnectError {
  if (error instanceof ConnectError) return error;
  // By name and code rather than by class, so that two copies of a package agree.
  if (isValidationError(error)) {
    const { message, detail } = badRequestDetail(error.issues);
    return new ConnectError(message, Code.InvalidArgument, undefined, [detail], error);
  }
  const [code, message] = codeAndText(error);
  return new ConnectError(message, code, undefined, undefined, error);
}

function codeAndText(error: unknown): readonly [Code, string] {
  if (error instanceof Error) {
    if (error.name === "StorageError" && "code" in error) {
      return STORAGE.get(error.code) ?? [Code.Internal, NEUTRAL];
    }
    if (error.name === "AbortError") return [Code.Canceled, "the call was cancelled"];
    if (error.name === "TimeoutError") return [Code.DeadlineExceeded, "the call took too long"];
  }
  return [Code.Internal, NEUTRAL];
}

function isValidationError(error: unknown): error is Error & { issues: readonly RequestIssue[] } {
  return error instanceof Error && error.name === "ValidationError" &&
    "issues" in error && Array.isArray(error.issues);
}
