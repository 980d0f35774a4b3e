/** Logs a thousand lines and ends at once, in the way that its arguments say; for Deno and Node. */
import process from "node:process";
import { getLogger, setupLogging } from "../mod.ts";

const [mode, output] = process.argv.slice(2);
if (output !== undefined) setupLogging({ format: "json", output: output as "thread" });
const logger = getLogger("ending");
for (let i = 0; i < 1_000; i++) {
  logger.debug("not written");
  logger.info(`line ${i} é`, { i });
}
if (mode === "exit") Deno.exit(3);
if (mode === "process-exit") process.exit(4);
if (mode === "throw") throw new Error("uncaught");
if (mode === "reject") Promise.reject(new Error("uncaught"));
