import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { Code, ConnectError } from "@connectrpc/connect";
import { ValidationError } from "@oprc/models";
import { StatusCode } from "@oprc/proto/common";
import {
  codeFromStatus,
  errorReasonOf,
  statusFromCode,
  toConnectError,
  validationIssuesOf,
} from "./mod.ts";

/** What @oprc/storage throws, which this package must not import. */
function storageError(code: string): Error {
  const message = `Cannot get key "/oaas/packages/secret" from etcd-7.internal: ${code}`;
  return Object.assign(new Error(message), { name: "StorageError", code });
}

Deno.test("toConnectError() passes a ConnectError as it is", () => {
  const error = new ConnectError("there is one", Code.AlreadyExists);
  assertStrictEquals(toConnectError(error), error);
});

Deno.test("toConnectError() gives each storage error its code", () => {
  const codes: Record<string, Code> = {
    conflict: Code.Aborted,
    invalid: Code.InvalidArgument,
    too_large: Code.ResourceExhausted,
    compacted: Code.Internal,
    unavailable: Code.Unavailable,
    unknown: Code.Unknown,
    denied: Code.Internal,
    aborted: Code.Canceled,
    closed: Code.Unavailable,
    corrupt: Code.Internal,
    internal: Code.Internal,
    "a code of tomorrow": Code.Internal,
    toString: Code.Internal,
  };
  for (const [code, expected] of Object.entries(codes)) {
    const error = toConnectError(storageError(code));
    assertEquals(Code[error.code], Code[expected], code);
  }
});

Deno.test("errorReasonOf() tells what a storage refused, and no more than its callers may know", () => {
  const reasons: Record<string, string | undefined> = {
    conflict: "CONFLICT",
    invalid: "INVALID",
    too_large: "TOO_LARGE",
    unavailable: "UNAVAILABLE",
    closed: "UNAVAILABLE",
    unknown: "UNKNOWN",
    aborted: undefined,
    denied: undefined,
    corrupt: undefined,
  };
  for (const [code, reason] of Object.entries(reasons)) {
    const expected = reason === undefined ? undefined : { domain: "storage.oprc", reason };
    assertEquals(errorReasonOf(toConnectError(storageError(code))), expected, code);
  }
  assertEquals(errorReasonOf(new Error("CONFLICT")), undefined);
});

Deno.test("toConnectError() says that a configuration is wrong, and not where", () => {
  const issues = [{ where: "/etc/oprc/default.yaml:3:1", path: "etcd.password", message: "x" }];
  const error = Object.assign(new Error("/etc/oprc/default.yaml:3:1: etcd.password: x"), {
    name: "ConfigError",
    code: "invalid_config",
    issues,
  });
  const answer = toConnectError(error);
  assertEquals(answer.code, Code.Internal);
  assertEquals(answer.rawMessage, "the server is not configured rightly");
  assertEquals(answer.details, []);
  assertStrictEquals(answer.cause, error);
});

Deno.test("toConnectError() shows no keys or hosts of the storage, and keeps the cause", () => {
  for (const code of ["conflict", "unavailable", "unknown", "denied", "corrupt", "internal"]) {
    const cause = storageError(code);
    const error = toConnectError(cause);
    assert(!/secret|etcd|oaas/.test(error.message), error.message);
    assertStrictEquals(error.cause, cause);
  }
});

Deno.test("toConnectError() answers a ValidationError with its issues", () => {
  const issues = [
    { code: "EmptyPackageName", path: "name", message: "name is empty" },
    { code: "InvalidVersion", path: "version", message: "version is no version" },
  ] as const;
  const error = toConnectError(new ValidationError("oaas.package.OPackage", issues));
  assertEquals(error.code, Code.InvalidArgument);
  assertEquals(error.rawMessage, "name is empty (and 1 more)");
  assertEquals(validationIssuesOf(error), [...issues]);
});

Deno.test("toConnectError() says Internal and no more of anything else", () => {
  for (const thrown of [new Error("db-7"), new TypeError("x"), "text", undefined, null, { a: 1 }]) {
    const error = toConnectError(thrown);
    assertEquals([error.code, error.rawMessage], [Code.Internal, "internal error"]);
  }
});

Deno.test("toConnectError() tells cancellation and timeouts apart", () => {
  const named = (name: string) => Object.assign(new Error("x"), { name });
  assertEquals(toConnectError(named("AbortError")).code, Code.Canceled);
  assertEquals(toConnectError(named("TimeoutError")).code, Code.DeadlineExceeded);
  assertEquals(toConnectError(AbortSignal.abort().reason).code, Code.Canceled);
});

Deno.test("codeFromStatus() and statusFromCode() agree on each status", () => {
  assertEquals(codeFromStatus(StatusCode.OK), undefined);
  assertEquals(codeFromStatus(StatusCode.NOT_FOUND), Code.NotFound);
  assertEquals(codeFromStatus(StatusCode.INVALID_REQUEST), Code.InvalidArgument);
  assertEquals(codeFromStatus(StatusCode.INTERNAL_ERROR), Code.Internal);
  assertEquals(codeFromStatus(StatusCode.ERROR), Code.Unknown);
  assertEquals(codeFromStatus(42 as StatusCode), Code.Unknown);
  for (const name of ["OK", "ERROR", "NOT_FOUND", "INVALID_REQUEST", "INTERNAL_ERROR"] as const) {
    const status = StatusCode[name];
    assertEquals(statusFromCode(codeFromStatus(status)), status, name);
  }
  assertEquals(statusFromCode(Code.OutOfRange), StatusCode.INVALID_REQUEST);
  assertEquals(statusFromCode(Code.DataLoss), StatusCode.INTERNAL_ERROR);
  assertEquals(statusFromCode(Code.Unavailable), StatusCode.ERROR);
});
