import { assert, assertEquals } from "@std/assert";
import { isConflict, isStorageError, StorageError } from "./errors.ts";

Deno.test("StorageError carries code, key and cause", () => {
  const cause = new Error("why");
  const error = new StorageError("corrupt", "Cannot read it", { key: "a", cause });
  assertEquals([error.name, error.code, error.key], ["StorageError", "corrupt", "a"]);
  assert(error instanceof Error && error.cause === cause);
  assert(
    !("cause" in new StorageError("closed", "x")) && !("key" in new StorageError("closed", "x")),
  );
});

Deno.test("isStorageError() knows the errors of another copy of the package", () => {
  const other = Object.assign(new Error("x"), { name: "StorageError", code: "conflict" });
  assert(isStorageError(other) && isStorageError(other, "conflict") && isConflict(other));
  assert(!isStorageError(other, "closed"));
});

Deno.test("isStorageError() knows nothing else", () => {
  const code = Object.assign(new Error("x"), { code: "conflict" });
  for (const other of [undefined, null, "conflict", { code: "conflict" }, new Error("x"), code]) {
    assert(!isStorageError(other) && !isConflict(other));
  }
});
