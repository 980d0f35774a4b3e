/** What this repository relies on of @std/log; holds for the stand-in and for the real package. */
import {
  assertEquals,
  assertInstanceOf,
  assertNotStrictEquals,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  BaseHandler,
  ConsoleHandler,
  formatters,
  getLevelByName,
  getLevelName,
  getLogger,
  type LevelName,
  Logger,
  LogLevels,
  LogRecord,
  setup,
} from "@std/log";

class ListHandler extends BaseHandler {
  readonly lines: string[] = [];
  readonly records: LogRecord[] = [];
  readonly events: string[] = [];

  override handle(record: LogRecord): void {
    this.records.push(record);
    super.handle(record);
  }

  override log(line: string): void {
    this.lines.push(line);
  }

  override setup(): void {
    this.events.push("setup");
  }

  override destroy(): void {
    this.events.push("destroy");
  }
}

function record(...args: unknown[]): LogRecord {
  return new LogRecord({ msg: "stored", args, level: LogLevels.WARN, loggerName: "store" });
}

Deno.test("LogLevels carries these names and numbers", () => {
  const { NOTSET, DEBUG, INFO, WARN, ERROR, CRITICAL } = LogLevels;
  assertEquals([NOTSET, DEBUG, INFO, WARN, ERROR, CRITICAL], [0, 10, 20, 30, 40, 50]);
});

Deno.test("getLevelByName() and getLevelName() are each other's inverse", () => {
  for (const name of Object.keys(LogLevels) as LevelName[]) {
    assertEquals(getLevelName(getLevelByName(name)), name);
  }
});

Deno.test("getLevelByName() and getLevelName() throw on what is unknown", () => {
  assertThrows(() => getLevelByName("LOUD" as LevelName), Error, "LOUD");
  assertThrows(() => getLevelName(15 as 10), Error, "15");
});

Deno.test("LogRecord holds message, level, logger and time", () => {
  const before = Date.now();
  const made = record();
  assertEquals([made.msg, made.level, made.levelName, made.loggerName], [
    "stored",
    30,
    "WARN",
    "store",
  ]);
  assertInstanceOf(made.datetime, Date);
  assertEquals(made.datetime.getTime() >= before, true);
});

Deno.test("LogRecord.args are the same values in a new list each time", () => {
  const field = { key: "a" };
  const made = record(field, 2);
  assertStrictEquals(made.args[0], field);
  made.args.pop();
  assertEquals(made.args, [field, 2]);
  assertNotStrictEquals(made.args, made.args);
});

Deno.test("Logger hands on records of its level and above", () => {
  const handler = new ListHandler("NOTSET");
  const logger = new Logger("store", "WARN", { handlers: [handler] });
  logger.debug("a");
  logger.info("b");
  logger.warn("c");
  logger.error("d");
  logger.critical("e");
  assertEquals(handler.lines, ["WARN c", "ERROR d", "CRITICAL e"]);
});

Deno.test("Logger hands each record to all handlers, with its arguments", () => {
  const handlers = [new ListHandler("NOTSET"), new ListHandler("NOTSET")];
  const entry = { key: "a" };
  new Logger("store", "NOTSET", { handlers }).info("stored", entry);
  for (const { records } of handlers) {
    assertEquals(records.length, 1);
    assertStrictEquals(records[0]!.args[0], entry);
    assertEquals(records[0]!.loggerName, "store");
  }
});

Deno.test("Logger answers the message, and calls a function only if it is logged", () => {
  const handler = new ListHandler("NOTSET");
  const logger = new Logger("store", "INFO", { handlers: [handler] });
  let calls = 0;
  const lazy = () => `call ${++calls}`;
  assertEquals(logger.debug(lazy), undefined);
  assertEquals(calls, 0);
  assertEquals(logger.info(lazy), "call 1");
  assertEquals(logger.info("plain"), "plain");
  assertEquals(handler.lines, ["INFO call 1", "INFO plain"]);
});

Deno.test("Logger.level and levelName can be changed, to known levels only", () => {
  const logger = new Logger("store", "INFO");
  logger.levelName = "ERROR";
  assertEquals(logger.level, LogLevels.ERROR);
  logger.level = LogLevels.DEBUG;
  assertEquals(logger.levelName, "DEBUG");
  assertThrows(() => logger.level = 15 as 10, TypeError, "15");
});

Deno.test("Logger turns what isn't text into text", () => {
  const handler = new ListHandler("NOTSET");
  const logger = new Logger("store", "NOTSET", { handlers: [handler] });
  logger.info(5n);
  logger.info(null);
  logger.info({ a: "b", c: 1 });
  assertEquals(handler.lines, ["INFO 5", "INFO null", 'INFO {"a":"b","c":1}']);
});

Deno.test("BaseHandler leaves out records below its level", () => {
  const handler = new ListHandler("ERROR");
  handler.handle(record());
  assertEquals(handler.lines, []);
  handler.levelName = "WARN";
  handler.handle(record());
  assertEquals(handler.lines, ["WARN stored"]);
});

Deno.test("BaseHandler takes a formatter", () => {
  const handler = new ListHandler("NOTSET", { formatter: ({ loggerName }) => `<${loggerName}>` });
  handler.handle(record());
  assertEquals(handler.lines, ["<store>"]);
});

Deno.test("ConsoleHandler formats without colours on request", () => {
  const handler = new ConsoleHandler("INFO", { useColors: false });
  assertEquals(handler.format(record()), "WARN stored");
});

Deno.test("jsonFormatter() writes level, time, message and arguments", () => {
  const parse = (made: LogRecord) => JSON.parse(formatters.jsonFormatter(made));
  const none = record();
  assertEquals(parse(none), {
    level: "WARN",
    datetime: none.datetime.getTime(),
    message: "stored",
  });
  assertEquals(parse(record({ key: "a" })).args, { key: "a" });
  assertEquals(parse(record(1, 2)).args, [1, 2]);
});

Deno.test("setup() makes the loggers that getLogger() answers", () => {
  const list = new ListHandler("NOTSET");
  setup({
    handlers: { list },
    loggers: { store: { level: "WARN", handlers: ["list"] } },
  });
  getLogger("store").info("a");
  getLogger("store").warn("b");
  assertEquals(list.lines, ["WARN b"]);
  assertStrictEquals(getLogger("store"), getLogger("store"));
  setup({});
});

Deno.test("setup() destroys earlier handlers and keeps a default logger", () => {
  const list = new ListHandler("NOTSET");
  setup({ handlers: { list } });
  setup({});
  assertEquals(list.events, ["setup", "destroy"]);
  assertEquals(getLogger().loggerName, "default");
});

Deno.test("getLogger() answers a silent logger for a name that setup() doesn't know", () => {
  const logger = getLogger("nobody");
  assertEquals(logger.handlers.length, 0);
  assertEquals(logger.levelName, "NOTSET");
});
