/** Logs a thousand lines and ends at once, in the way that its argument says. */
import process from "node:process";
import { getLogger } from "../logger.ts";

const logger = getLogger("ending");
for (let i = 0; i < 1_000; i++) {
  logger.debug("not written");
  logger.info(`line ${i} é`, { i });
}
const mode = Deno.args[0];
if (mode === "exit") Deno.exit(3);
if (mode === "process-exit") process.exit(4);
if (mode === "throw") throw new Error("uncaught");
if (mode === "reject") Promise.reject(new Error("uncaught"));
