/** Logs more than a pipe or a full disk takes, and tells on standard output how it went. */
import process from "node:process";
import { getLogger, MetricsRegistry, setupLogging } from "../mod.ts";

const [output, count] = process.argv.slice(2);
const registry = new MetricsRegistry();
const logging = setupLogging({ format: "json", output: output as "thread", registry });
const logger = getLogger("much");
for (let i = 0; i < Number(count); i++) {
  logger.info("a line of some length, as they are", { i, text: "x".repeat(100) });
  if (i % 1_000 === 999) await new Promise((resolve) => setTimeout(resolve, 1));
}
await new Promise((resolve) => setTimeout(resolve, 50));
const { dropped } = logging;
logger.info("last");
const text = await registry.text();
const counted = /^log_lines_lost_total\{reason="output"\} (\d+)/m.exec(text)?.[1];
console.log(JSON.stringify({ dropped, counted: Number(counted ?? 0) }));
