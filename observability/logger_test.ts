import { assertEquals } from "@std/assert";
import { getLogger, type Logger } from "./logger.ts";
import { setupLogging } from "./logging.ts";

/** The lines that `log` writes, as data. */
// deno-lint-ignore no-explicit-any -- tests look into lines of any shape
function logged(log: (logger: Logger) => void, level = "info"): any[] {
  const lines: string[] = [];
  const logging = setupLogging({ level, write: (line) => lines.push(line) });
  log(getLogger("oprc.test"));
  logging.shutdown();
  assertEquals(logging.dropped, 0);
  return lines.map((line) => JSON.parse(line));
}

Deno.test("getLogger() answers a logger of its target", () => {
  assertEquals(getLogger("oprc.grpc").target, "oprc.grpc");
});

Deno.test("Logger.enabled() says what would be written, and follows the set-up", () => {
  const logger = getLogger("oprc.test");
  logged(() => {
    assertEquals([logger.enabled("debug"), logger.enabled("info")], [false, true]);
  });
  logged(() => assertEquals(logger.enabled("trace"), true), "error,oprc=trace");
  assertEquals([logger.enabled("debug"), logger.enabled("info")], [false, true]);
});

Deno.test("Logger.child() adds its fields, nested ones too, the call's own last", () => {
  const [line, parent] = logged((logger) => {
    logger.child({ a: 1, b: 1 }).child({ b: 2, c: 2 }).info("m", { c: 3 });
    logger.info("parent");
  });
  assertEquals(line.fields, { a: 1, b: 2, c: 3 });
  assertEquals(parent.fields, undefined);
});

Deno.test("Logger reads no field of a line that isn't written", () => {
  let reads = 0;
  const field = {
    get costly() {
      return ++reads;
    },
  };
  logged((logger) => logger.debug("m", field));
  assertEquals(reads, 0);
});

Deno.test("Logger never throws, whatever it is given", () => {
  const hostile = new Proxy({}, {
    get() {
      throw new Error("no");
    },
    ownKeys() {
      throw new Error("no");
    },
  });
  // deno-lint-ignore no-explicit-any -- callers in JavaScript aren't checked
  const values: any[] = [undefined, null, 1n, Symbol("s"), hostile, () => {}, [hostile], NaN, ""];
  const lines = logged((logger) => {
    for (const value of values) {
      logger.info(value, value);
      logger.child(value).error("m", { value, error: value });
    }
  });
  assertEquals(lines.length, values.length * 2);
});
