import { assertEquals, assertExists } from "@std/assert";
import { clip, type PlainError, toPlain, toPlainFields } from "./_plain.ts";
import { createRedactor } from "./_redact.ts";

const redact = createRedactor();
/** As it arrives in the line. */
const plain = (value: unknown) => JSON.parse(JSON.stringify(toPlain(value, redact)) ?? "null");

Deno.test("toPlain() keeps what JSON can carry", () => {
  const value = { a: [1, "b", true, null], c: { d: 1.5 } };
  assertEquals(plain(value), value);
});

Deno.test("toPlain() turns into text what JSON can't carry", () => {
  assertEquals(
    plain({ big: 2n ** 64n, nan: NaN, inf: -Infinity, sym: Symbol("s"), fn: () => {} }),
    {
      big: "18446744073709551616",
      nan: "NaN",
      inf: "-Infinity",
      sym: "Symbol(s)",
      fn: "[function]",
    },
  );
});

Deno.test("toPlain() leaves out undefined in objects, and keeps places in lists", () => {
  assertEquals(plain({ a: undefined, b: [undefined, 1] }), { b: [null, 1] });
});

Deno.test("toPlain() reads dates, URLs, maps, sets, headers and bytes", () => {
  assertEquals(
    plain({
      date: new Date(0),
      url: new URL("http://localhost/a"),
      map: new Map([["a", 1]]),
      set: new Set([1n]),
      headers: new Headers({ accept: "text/plain", authorization: "Bearer abc" }),
      query: new URLSearchParams({ a: "b" }),
      bytes: new Uint8Array(3),
    }),
    {
      date: "1970-01-01T00:00:00.000Z",
      url: "http://localhost/a",
      map: { a: 1 },
      set: ["1"],
      headers: { accept: "text/plain", authorization: "[redacted]" },
      query: { a: "b" },
      bytes: "[3 bytes]",
    },
  );
});

Deno.test("toPlain() marks cycles, and only cycles", () => {
  const shared = { a: 1 };
  const value: Record<string, unknown> = { first: shared, second: shared };
  value.self = value;
  assertEquals(plain(value), { first: { a: 1 }, second: { a: 1 }, self: "[circular]" });
});

Deno.test("toPlain() stops at what is too deep, too many or too long", () => {
  let deep: unknown = 1;
  for (let i = 0; i < 10_000; i++) deep = { deep };
  assertEquals(JSON.stringify(plain(deep)).includes("[too deep]"), true);
  assertEquals(plain(Array(1_000).fill(1)).at(-1), "[800 more]");
  const many = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`k${i}`, i]));
  assertEquals(plain(many)["..."], "[100 more]");
  assertEquals(plain("x".repeat(20_000)).length, 16_384 + "[3616 more]".length);
});

Deno.test("toPlain() stops at what is too much altogether", () => {
  let wide: unknown = "leaf";
  for (let i = 0; i < 7; i++) wide = Array(200).fill(wide);
  const long = Object.fromEntries(Array.from({ length: 150 }, (_, i) => [i, "x".repeat(16_000)]));
  for (const value of [wide, long]) {
    const text = JSON.stringify(plain(value));
    assertEquals(text.includes("[too much]"), true);
    assertEquals(text.length < 600_000, true, `${text.length}`);
  }
});

Deno.test("clip() leaves a text of the greatest length whole", () => {
  assertEquals(clip("x".repeat(16_384)), "x".repeat(16_384));
});

Deno.test("toPlain() survives getters, proxies and toJSON that throw", () => {
  const broken = () => {
    throw new Error("no");
  };
  assertEquals(
    plain({
      getter: Object.defineProperty({}, "a", { get: broken, enumerable: true }),
      proxy: new Proxy({}, { ownKeys: broken, get: broken }),
      json: { toJSON: broken },
      fine: 1,
    }),
    { getter: "[unreadable]", proxy: "[unreadable]", json: "[unreadable]", fine: 1 },
  );
});

Deno.test("toPlain() keeps a key called __proto__ as a key", () => {
  const value = JSON.parse('{"__proto__":{"polluted":true}}');
  const read = toPlain(value, redact) as Record<string, unknown>;
  assertEquals(JSON.stringify(read), '{"__proto__":{"polluted":true}}');
  assertEquals(({} as { polluted?: boolean }).polluted, undefined);
});

Deno.test("toPlain() hides secrets at any depth, and shows that there are none", () => {
  assertEquals(
    plain({ users: [{ name: "a", password: "p" }], token: { raw: "t" }, secret: null }),
    { users: [{ name: "a", password: "[redacted]" }], token: "[redacted]", secret: null },
  );
});

Deno.test("toPlain() reads errors with code, stack and chain of causes", () => {
  const root = Object.assign(new TypeError("refused"), { code: "ECONNREFUSED" });
  const error = new Error("cannot store", { cause: new Error("no leader", { cause: root }) });
  const read = plain(error) as PlainError & { cause: PlainError & { cause: PlainError } };
  assertEquals([read.name, read.message], ["Error", "cannot store"]);
  assertExists(read.stack);
  assertEquals(read.cause.message, "no leader");
  assertEquals([read.cause.cause.name, read.cause.cause.code], ["TypeError", "ECONNREFUSED"]);
});

Deno.test("toPlain() reads each error of an AggregateError", () => {
  const read = plain(new AggregateError([new Error("a"), "b"], "both")) as PlainError;
  assertEquals(read.errors?.map((error) => error.message ?? error), ["a", "b"]);
});

Deno.test("toPlain() marks an error that causes itself", () => {
  const error = new Error("round");
  error.cause = error;
  assertEquals(plain(error).cause, "[circular]");
});

Deno.test("toPlainFields() makes fields of whatever it gets", () => {
  const fields = (value: unknown) => ({ ...toPlainFields(value, redact) });
  assertEquals(fields({ a: 1 }), { a: 1 });
  assertEquals(fields(5), { value: 5 });
  assertEquals(fields([1]), { value: [1] });
  assertEquals(fields(null), {});
  assertEquals(fields(undefined), {});
});
