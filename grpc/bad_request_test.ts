import { assert, assertEquals, assertMatch } from "@std/assert";
import { create, toBinary } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { badRequestDetail, validationIssuesOf } from "./bad_request.ts";
import { BadRequestSchema } from "./gen/google/rpc/error_details_pb.ts";

const issue = (path: string, message = "is wrong") => ({ code: "EmptyField", path, message });

Deno.test("badRequestDetail() names the first issue and counts the others", () => {
  assertEquals(badRequestDetail([issue("a")]).message, "a: is wrong");
  assertEquals(badRequestDetail([issue("a", "a is wrong")]).message, "a is wrong");
  assertEquals(badRequestDetail([issue("", "all is wrong")]).message, "all is wrong");
  assertEquals(badRequestDetail([issue("a"), issue("b")]).message, "a: is wrong (and 1 more)");
});

Deno.test("badRequestDetail() stays within what peers take as trailers, and says so", () => {
  const issues = Array.from({ length: 1000 }, (_, i) => issue(`classes[${i}].key`, "é".repeat(40)));
  const { message, detail } = badRequestDetail(issues);
  const bytes = toBinary(BadRequestSchema, create(BadRequestSchema, detail.value));
  assert(bytes.length <= 4096, `${bytes.length}`);
  assert(bytes.length > 2048, `${bytes.length}`);
  assertMatch(message, /\(and 999 more, of which \d+ are sent\)$/);
  const long = badRequestDetail([issue("a", "x".repeat(100_000))]);
  assert(long.message.length < 600);
});

Deno.test("validationIssuesOf() is empty for errors without such details", () => {
  assertEquals(validationIssuesOf(new ConnectError("x", Code.InvalidArgument)), []);
  assertEquals(validationIssuesOf(new Error("x")), []);
  assertEquals(validationIssuesOf(undefined), []);
});
