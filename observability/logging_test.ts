import {
  assertEquals,
  assertFalse,
  assertMatch,
  assertNotMatch,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  type Context,
  context,
  type ContextManager,
  ROOT_CONTEXT,
  trace,
} from "@opentelemetry/api";
import { getLogger, logRepeating } from "./logger.ts";
import { type LoggingOptions, setupLogging } from "./logging.ts";
import { MetricsRegistry } from "./metrics_registry.ts";
import { FakeClock } from "./testdata/fake_clock.ts";
import { parsePrometheus, valueOf } from "./testdata/prometheus_text.ts";

/** The lines that `log` writes. */
function linesOf(options: LoggingOptions, log: () => void): string[] {
  const lines: string[] = [];
  const logging = setupLogging({ ...options, write: (line) => lines.push(line) });
  try {
    log();
  } finally {
    logging.shutdown();
  }
  return lines;
}

// deno-lint-ignore no-explicit-any -- tests look into lines of any shape
function jsonOf(options: LoggingOptions, log: () => void): any[] {
  return linesOf(options, log).map((line) => JSON.parse(line));
}

Deno.test("setupLogging() writes JSON lines with time, level, target, message, fields", () => {
  const before = Date.now();
  const [line] = jsonOf({}, () => getLogger("oprc.storage").info("stored", { key: "a", n: 2n }));
  const { timestamp, ...rest } = line;
  assertEquals(rest, {
    level: "INFO",
    target: "oprc.storage",
    message: "stored",
    fields: { key: "a", n: "2" },
  });
  assertMatch(timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assertEquals(Date.parse(timestamp) >= before, true);
});

Deno.test("setupLogging() writes each level under its name", () => {
  const lines = jsonOf({ level: "trace" }, () => {
    const logger = getLogger("t");
    logger.trace("m");
    logger.debug("m");
    logger.info("m");
    logger.warn("m");
    logger.error("m");
    logger.critical("m");
  });
  assertEquals(lines.map((line) => line.level), [
    "TRACE",
    "DEBUG",
    "INFO",
    "WARN",
    "ERROR",
    "CRITICAL",
  ]);
});

Deno.test("setupLogging() sets levels by target, for loggers made before too", () => {
  const early = getLogger("oprc.grpc.client");
  const lines = jsonOf({ level: "warn,oprc.grpc=debug,oprc.noisy=off" }, () => {
    early.debug("1");
    early.trace("2");
    getLogger("oprc.storage").info("3");
    getLogger("oprc.storage").warn("4");
    getLogger("oprc.noisy").critical("5");
  });
  assertEquals(lines.map((line) => line.message), ["1", "4"]);
});

Deno.test("setupLogging() replaces an earlier set-up, whose end then changes nothing", () => {
  const first: string[] = [];
  const second: string[] = [];
  const logger = getLogger("t");
  const a = setupLogging({ write: (line) => first.push(line) });
  logger.info("one");
  const b = setupLogging({ write: (line) => second.push(line), level: "debug" });
  a.shutdown();
  logger.debug("two");
  b.shutdown();
  assertEquals([first.length, second.length], [1, 1]);
});

Deno.test("setupLogging() lifts the error out of the fields, with its causes", () => {
  const cause = new Error("no leader");
  const [asField, alone, text] = jsonOf({}, () => {
    const logger = getLogger("t");
    logger.error("m", { key: "a", error: new TypeError("cannot store", { cause }) });
    logger.error("m", new Error("alone"));
    logger.error("m", { error: "just text" });
  });
  assertEquals(asField.fields, { key: "a" });
  assertEquals(asField.error.name, "TypeError");
  assertEquals(asField.error.cause.message, "no leader");
  assertStringIncludes(asField.error.stack, "logging_test.ts");
  assertEquals([alone.error.message, alone.fields], ["alone", undefined]);
  assertEquals(text.error, { message: "just text" });
});

Deno.test("setupLogging() hides secrets by default", () => {
  const [line] = linesOf({}, () => {
    getLogger("t").child({ api_key: "k-123" }).info("m", {
      config: { etcd: { password: "p-123", user: "root" } },
      headers: new Headers({ authorization: "Bearer b-123" }),
    });
  });
  assertNotMatch(line!, /123/);
  assertStringIncludes(line!, '"user":"root"');
});

Deno.test("setupLogging() redact adds keys, or hides nothing", () => {
  const log = () => getLogger("t").info("m", { iban: "DE1", password: "p" });
  assertEquals(jsonOf({ redact: ["IBAN"] }, log)[0].fields, {
    iban: "[redacted]",
    password: "[redacted]",
  });
  assertEquals(jsonOf({ redact: false }, log)[0].fields, { iban: "DE1", password: "p" });
});

Deno.test("setupLogging() adds the ids of the active span, and none without", () => {
  const span = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" };
  const active = trace.setSpanContext(ROOT_CONTEXT, { ...span, traceFlags: 1 });
  const log = () => getLogger("t").info("m");
  const [traced, text] = withContext(active, () => [
    jsonOf({}, log)[0],
    linesOf({ format: "text" }, log)[0],
  ]);
  assertEquals([traced.trace_id, traced.span_id], [span.traceId, span.spanId]);
  assertStringIncludes(text!, `trace_id=${span.traceId}`);

  const [untraced] = jsonOf({}, log);
  assertFalse("trace_id" in untraced);
  const invalid = trace.setSpanContext(ROOT_CONTEXT, {
    traceId: "0".repeat(32),
    spanId: "0".repeat(16),
    traceFlags: 0,
  });
  assertFalse("trace_id" in withContext(invalid, () => jsonOf({}, log)[0]));
});

/** Runs `call` with `active` as OpenTelemetry's context. */
function withContext<T>(active: Context, call: () => T): T {
  const manager: ContextManager = {
    active: () => active,
    with: (_, fn, thisArg, ...args) => fn.apply(thisArg, args),
    bind: (_, target) => target,
    enable: () => manager,
    disable: () => manager,
  };
  assertEquals(context.setGlobalContextManager(manager), true);
  try {
    return call();
  } finally {
    context.disable();
  }
}

Deno.test("setupLogging() text puts fields behind and the error below", () => {
  const [line] = linesOf({ format: "text" }, () =>
    getLogger("oprc.storage").warn("slow store", {
      key: "a",
      text: "two words",
      list: [1, 2],
      none: undefined,
      error: new Error("timeout", { cause: new Error("no leader") }),
    }));
  const [first, ...below] = line!.split("\n");
  assertMatch(
    first!,
    /^\S+Z WARN {5}oprc\.storage slow store key=a text="two words" list=\[1,2\]$/,
  );
  assertEquals(below[0], "    Error: timeout");
  assertEquals(below.filter((part) => part === "    caused by:").length, 1);
  assertEquals(below.includes("    Error: no leader"), true);
});

Deno.test("setupLogging() text lets no value forge a line or drive the terminal", () => {
  const [line] = linesOf(
    { format: "text" },
    () => getLogger("t").info("a\nb\x1b[2J", { "k\n": "x\ry\u2028", nested: { a: "\x9b" } }),
  );
  // deno-lint-ignore no-control-regex -- these are the characters meant
  assertNotMatch(line!, /[\x00-\x1f\x7f-\x9f\u2028]/);
  assertStringIncludes(line!, "a\\nb\\u001b[2J");
});

Deno.test("setupLogging() JSON keeps a line a line", () => {
  const [line] = linesOf({}, () => getLogger("t\n").info("a\nb", { "k\n": "x\ny" }));
  assertFalse(line!.includes("\n"));
  assertEquals(JSON.parse(line!).message, "a\nb");
});

Deno.test("setupLogging() counts lines that its sink refuses, and throws nothing", () => {
  const logging = setupLogging({
    write: () => {
      throw new Error("disk full");
    },
  });
  getLogger("t").info("lost");
  getLogger("t").debug("not enabled");
  assertEquals(logging.dropped, 1);
  logging.shutdown();
});

Deno.test("setupLogging() ends the loop of a sink that logs", () => {
  const lines: string[] = [];
  const logger = getLogger("t");
  const logging = setupLogging({
    write: (line) => {
      lines.push(line);
      logger.info("nested");
    },
  });
  logger.info("first");
  logging.shutdown();
  assertEquals(lines.map((line) => JSON.parse(line).message), ["first", "nested"]);
  assertEquals(logging.dropped, 1);
});

Deno.test("setupLogging() refuses levels and formats it doesn't know", () => {
  assertThrows(() => setupLogging({ level: "loud" }), TypeError, 'Cannot read log level "loud"');
  assertThrows(
    () => setupLogging({ format: "xml" as "json" }),
    TypeError,
    'format "xml" is none of json, text',
  );
});

Deno.test("LoggingHandle.setLevel() changes what is logged, for loggers made before too", () => {
  const lines: string[] = [];
  const logger = getLogger("oprc.grpc");
  const logging = setupLogging({ level: "warn", write: (line) => lines.push(line) });
  logger.info("1");
  logging.setLevel("info,oprc.grpc=debug");
  logger.debug("2");
  assertThrows(() => logging.setLevel("loud"), TypeError, "loud");
  logger.debug("3");
  logging.setLevel("off");
  logger.critical("4");
  logging.shutdown();
  assertEquals(lines.map((line) => JSON.parse(line).message), ["2", "3"]);
});

Deno.test("setupLogging() maxPerSecond leaves lines out, counts them and says so", async () => {
  const lines: string[] = [];
  const clock = new FakeClock();
  const registry = new MetricsRegistry();
  const write = (line: string) => void lines.push(line);
  const logging = setupLogging({ maxPerSecond: 2, clock, registry, write });
  for (let i = 0; i < 10; i++) getLogger("t").warn("again", { i });
  clock.advance(1_000);
  getLogger("t").warn("again", { i: 10 });
  assertEquals(lines.map((line) => JSON.parse(line).fields), [
    { i: 0 },
    { i: 1 },
    { i: 10, suppressed: 8 },
  ]);
  assertEquals([logging.suppressed, logging.dropped], [8, 0]);
  const samples = parsePrometheus(await registry.text());
  assertEquals(valueOf(samples, "log_lines_lost_total", { reason: "rate_limit" }), 8);
  await logging.shutdown();
});

Deno.test("setupLogging() maxPerSecond says so on lines that repeat but for a number, too", async () => {
  const lines: string[] = [];
  const clock = new FakeClock();
  const write = (line: string) => void lines.push(line);
  await using _logging = setupLogging({ maxPerSecond: 1, clock, write });
  const repeating = { fields: { code: "ok" }, last: "n" };
  for (let n = 0; n < 3; n++) logRepeating(getLogger("t"), "info", "again", repeating, n);
  clock.advance(1_000);
  logRepeating(getLogger("t"), "info", "again", repeating, 3);
  assertEquals(lines.map((line) => JSON.parse(line).fields), [
    { code: "ok", n: 0 },
    { code: "ok", n: 3, suppressed: 2 },
  ]);
});

Deno.test("setupLogging() redactPatterns hides further texts, in both formats", () => {
  const options = { redactPatterns: [/DE\d{4,}/] };
  const log = () => getLogger("t").info("iban DE1234567890", { iban: "DE1234567890" });
  for (const format of ["json", "text"] as const) {
    const [line] = linesOf({ ...options, format }, log);
    assertEquals(line!.includes("DE1234"), false, line);
    assertStringIncludes(line!, "iban [redacted]");
  }
});

Deno.test("setupLogging() refuses outputs and limits it can't keep", () => {
  assertThrows(() => setupLogging({ output: "later" as "direct" }), TypeError, '"later" is none');
  assertThrows(
    () => setupLogging({ output: "thread", write: () => {} }),
    TypeError,
    "is for standard error",
  );
  for (const maxPerSecond of [0, -1, 1.5, NaN]) {
    assertThrows(() => setupLogging({ maxPerSecond }), RangeError, "maxPerSecond");
  }
});
