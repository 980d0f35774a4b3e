/** Records spans and ends at once, in the way that its arguments say; runs on Deno and Node. */
import process from "node:process";
import { setTimeout } from "node:timers";
import { trace } from "@opentelemetry/api";
import { getLogger, setupTracing } from "../mod.ts";

const [endpoint, mode, shutdownTimeoutMs = "10000"] = process.argv.slice(2);
const tracing = await setupTracing({
  serviceName: "ending",
  otlpEndpoint: endpoint,
  exportLogs: true,
  shutdownTimeoutMs: Number(shutdownTimeoutMs),
  exportTimeoutMs: Number(shutdownTimeoutMs) / 4,
  endOnSigterm: mode === "sigterm",
});
for (let i = 0; i < 600; i++) trace.getTracer("ending").startSpan(`span ${i}`).end();
getLogger("ending").error("the end");
console.log(tracing.provider);
if (mode === "exit") Deno.exit(3);
if (mode === "process-exit") process.exit(4);
if (mode === "throw") throw new Error("uncaught");
if (mode === "reject") Promise.reject(new Error("uncaught"));
if (mode === "shutdown") {
  await tracing.shutdown();
  console.log("shutdown over");
}
if (mode === "flush") {
  const flushed = tracing.flush();
  // It alone would not keep the process alive.
  setTimeout(() => tracing.shutdown(), 50).unref();
  await flushed;
  console.log("flush over");
}
if (mode === "sigterm") {
  // The timer keeps the process alive: only the signal ends it.
  setInterval(() => {}, 1_000);
  process.kill(process.pid, "SIGTERM");
}
