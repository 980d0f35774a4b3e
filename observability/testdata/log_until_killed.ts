/** Logs lines, and says on standard output which turn of the event loop is over. */
import { writeSync } from "node:fs";
import { setImmediate } from "node:timers";
import { getLogger, setupLogging } from "../mod.ts";

setupLogging({ format: "json" });
const logger = getLogger("killed");
const encoder = new TextEncoder();
for (let turn = 0;; turn++) {
  for (let i = 0; i < 20; i++) logger.info("line", { turn, i });
  // The lines of this turn are written in the next one, before what comes after them.
  await new Promise<void>((resolve) => setImmediate(resolve));
  writeSync(1, encoder.encode(`${turn}\n`));
  await new Promise((resolve) => setTimeout(resolve, 1));
}
