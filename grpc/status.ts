import { Code, ConnectError } from "@connectrpc/connect";
import { StatusCode } from "@oprc/proto/common";
import { ErrorInfoSchema } from "./gen/google/rpc/error_details_pb.ts";
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

/** A code, the text for people, and the reason for programs where there is one to tell. */
type Answer = readonly [code: Code, text: string, reason?: string];

const UNAVAILABLE: Answer = [Code.Unavailable, "the storage is unavailable", "UNAVAILABLE"];

/** The answer for each code of a storage error; none says anything of keys or hosts. */
const STORAGE: ReadonlyMap<unknown, Answer> = new Map<string, Answer>([
  ["conflict", [Code.Aborted, "the value was changed by someone else meanwhile", "CONFLICT"]],
  ["too_large", [Code.ResourceExhausted, "the value is too large to be stored", "TOO_LARGE"]],
  ["invalid", [Code.InvalidArgument, "the value cannot be stored under this name", "INVALID"]],
  ["unavailable", UNAVAILABLE],
  ["closed", UNAVAILABLE],
  ["unknown", [Code.Unknown, "the storage did not say whether the change was applied", "UNKNOWN"]],
  ["aborted", [Code.Canceled, "the call was cancelled"]],
]);

/**
 * Turns whatever a handler threw into the error that its caller sees. This is
 * the only place where errors meet gRPC codes.
 *
 * | thrown | answered |
 * |---|---|
 * | `ConnectError` | as it is |
 * | `ValidationError` of @oprc/models | `InvalidArgument` with a `google.rpc.BadRequest` |
 * | `StorageError` of @oprc/storage | the code for its `code`, with a {@linkcode errorReasonOf reason}; neutral for the storage's own faults |
 * | `ConfigError` of @oprc/config | `Internal`, that the server is not configured rightly |
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
  const [code, message, reason] = answerFor(error);
  const info = reason && { desc: ErrorInfoSchema, value: { domain: STORAGE_DOMAIN, reason } };
  return new ConnectError(message, code, undefined, info ? [info] : undefined, error);
}

/** The domain of the reasons that a storage gives. */
const STORAGE_DOMAIN = "storage.oprc";

function answerFor(error: unknown): Answer {
  if (error instanceof Error) {
    if (error.name === "StorageError" && "code" in error) {
      return STORAGE.get(error.code) ?? [Code.Internal, NEUTRAL];
    }
    if (error.name === "ConfigError" && "code" in error && error.code === "invalid_config") {
      // Its issues name files and variables of the server: for its operator, not its callers.
      return [Code.Internal, "the server is not configured rightly"];
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
