import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { jsonLine } from "./_json_line.ts";
import { type LogEntry, partsOf, type Repeating, RepeatingEntry } from "./_log_line.ts";
import { createRedactor } from "./_redact.ts";

const redact = createRedactor();
const time = Date.parse("2026-11-23T08:09:10.007Z");

// deno-lint-ignore no-explicit-any -- tests look into lines of any shape
function lineOf(entry: Partial<LogEntry>, at = time): any {
  const whole = { level: "info", target: "t", message: "m", fields: [], ...entry } as const;
  return JSON.parse(jsonLine()(whole, at, redact));
}

const plain = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.constant(undefined),
);
const fields = fc.dictionary(
  fc.oneof(fc.string(), fc.constantFrom("password", "__proto__", "toJSON", "0", "a", "error")),
  fc.oneof({ weight: 5, arbitrary: plain }, fc.anything()),
);

Deno.test("jsonLine() says the same as the long way, whatever the fields", () => {
  fc.assert(fc.property(fc.array(fields, { maxLength: 3 }), (parts) => {
    const entry = { level: "warn", target: "t", message: "m", fields: parts } as const;
    const line = lineOf(entry);
    const expected = partsOf(entry, redact);
    // Through text once, where undefined fields vanish and -0 becomes 0.
    const { fields, error } = JSON.parse(JSON.stringify(expected));
    assertEquals(line.fields ?? {}, fields);
    assertEquals(line.error, error);
  }));
});

Deno.test("jsonLine() writes the time of each line", () => {
  const format = jsonLine();
  const at = (iso: string) => {
    const entry = { level: "info", target: "t", message: "m", fields: [] } as const;
    return JSON.parse(format(entry, Date.parse(iso), redact)).timestamp;
  };
  for (
    const iso of [
      "2026-11-23T08:09:10.007Z",
      "2026-11-23T08:09:10.990Z",
      "2026-11-23T08:09:11.000Z",
      // The clock was set back.
      "2026-11-23T08:09:10.007Z",
      "1969-12-31T23:59:59.999Z",
    ]
  ) assertEquals(at(iso), iso);
});

Deno.test("jsonLine() keeps target, message and text apart from the JSON around them", () => {
  const nasty = 'a"b\\c\n\u2028\ud800é';
  const line = lineOf({ target: nasty, message: nasty, fields: [{ [nasty]: nasty }] });
  assertEquals([line.target, line.message, line.fields[nasty]], [nasty, nasty, nasty]);
});

Deno.test("jsonLine() lets the fields of a call win over those of its logger", () => {
  const line = lineOf({ fields: [{ a: 1, b: 1 }, { b: 2 }] });
  assertEquals(line.fields, { a: 1, b: 2 });
});

Deno.test("jsonLine() redacts by key and by pattern, also in messages and errors", () => {
  const secret = "Bearer abcdef123456";
  const line = lineOf({
    message: `sent ${secret}`,
    fields: [{ token: "t-1", note: secret, nested: { note: secret }, error: new Error(secret) }],
  });
  assertEquals(JSON.stringify(line).includes("abcdef"), false);
  assertEquals(line.message, "sent Bearer [redacted]");
  assertEquals(line.fields.token, "[redacted]");
  const simple = lineOf({ fields: [{ token: "t-1", note: secret }] });
  assertEquals(simple.fields, { token: "[redacted]", note: "Bearer [redacted]" });
});

Deno.test("jsonLine() survives a getter that throws", () => {
  const fields = {
    a: 1,
    get broken() {
      throw new Error("no");
    },
  };
  assertEquals(lineOf({ fields: [fields] }).message, "m");
});

Deno.test("jsonLine() says the same of a line that repeats but for a number as of any other", () => {
  const format = jsonLine();
  const secret = { method: "/a.B/C", password: "hunter2", jwt: "Bearer abcdefghijklmnop" };
  const odd = { error: new Error("broken") };
  const cases: Repeating[] = [
    { fields: { method: "/a.B/C", code: "ok" }, last: "duration_ms" },
    { fields: secret, last: "duration_ms" },
    { fields: { method: "m" }, last: "token" },
    { fields: odd, last: "duration_ms" },
    { fields: {}, last: "n" },
  ];
  for (const other of [redact, createRedactor(["method", "n"]), redact]) {
    for (const repeating of cases) {
      for (const value of [0, 1.25, 1e21, NaN]) {
        const entry = new RepeatingEntry("debug", "t", "m", repeating, value);
        const { level, target, message, fields } = entry;
        const usual = format({ level, target, message, fields }, time, other);
        assertEquals(format(entry, time, other), usual);
        assertEquals(JSON.parse(usual).level, "DEBUG");
        for (const elsewhere of [{ level: "info" }, { target: "t2" }, { message: "m2" }] as const) {
          const line = format({ ...entry, fields, ...elsewhere }, time, other);
          assertEquals(line, format({ level, target, message, fields, ...elsewhere }, time, other));
        }
      }
    }
  }
});
