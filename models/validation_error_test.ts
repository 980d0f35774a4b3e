import { assert, assertEquals } from "@std/assert";
import type { ValidationIssue } from "./issue.ts";
import { isValidationError, ValidationError } from "./validation_error.ts";

function issues(count: number): ValidationIssue[] {
  return Array.from({ length: count }, (_, i) => ({
    code: "EmptyField",
    path: `functions[${i}].name`,
    message: `functions[${i}].name is empty`,
  }));
}

Deno.test("ValidationError.message counts the issues and shows the first", () => {
  assertEquals(
    new ValidationError("oaas.package.OPackage", issues(1)).message,
    "Invalid oaas.package.OPackage: 1 issue\n  functions[0].name is empty",
  );
  const { message } = new ValidationError("oaas.package.OPackage", issues(7));
  assertEquals(message.split("\n").length, 7);
  assert(message.startsWith("Invalid oaas.package.OPackage: 7 issues\n  functions[0].name"));
  assert(message.endsWith("\n  and 2 more"));
});

Deno.test("ValidationError.message shows positions", () => {
  const at = (place: { line?: number; column?: number }) =>
    new ValidationError("x", [{ ...issues(1)[0]!, ...place }]).message.split("\n")[1];
  assertEquals(at({ line: 3, column: 7 }), "  line 3, column 7: functions[0].name is empty");
  assertEquals(at({ line: 3 }), "  line 3: functions[0].name is empty");
});

Deno.test("ValidationError carries name, code, issues and cause", () => {
  const cause = new Error("no");
  const error = new ValidationError("x", issues(2), { cause });
  assertEquals(
    [error.name, error.code, error.issues, error.cause],
    ["ValidationError", "invalid_model", issues(2), cause],
  );
});

Deno.test("isValidationError() knows the error of another copy of the package", () => {
  const copy = Object.assign(new Error(), { name: "ValidationError", code: "invalid_model" });
  assert(isValidationError(copy));
  assert(isValidationError(new ValidationError("x", issues(1))));
});

Deno.test("isValidationError() refuses what only resembles it", () => {
  for (
    const value of [
      undefined,
      null,
      "ValidationError",
      new Error(),
      Object.assign(new Error(), { name: "ValidationError" }),
      Object.assign(new Error(), { name: "ValidationError", code: "other" }),
      Object.assign(new Error(), { code: "invalid_model" }),
    ]
  ) assertEquals(isValidationError(value), false);
});
