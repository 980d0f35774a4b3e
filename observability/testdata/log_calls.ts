/**
 * Logs two calls, each of its own trace, in one turn of the event loop that goes on for a while;
 * prints their trace ids and until when they were. For Deno and Node.
 */
import { trace } from "@opentelemetry/api";
import {
  getLogger,
  observeConnect,
  ServiceMetrics,
  setupLogging,
  setupTracing,
  traceConnect,
} from "../mod.ts";

setupLogging({ format: "json", level: "debug" });
const tracing = await setupTracing({ env: {} });
const observe = observeConnect(new ServiceMetrics("s"), { logger: getLogger("rpc") });
const ids: (string | undefined)[] = [];
const call = traceConnect("server")(observe(() => {
  ids.push(trace.getActiveSpan()?.spanContext().traceId);
  return Promise.resolve({ stream: false, message: {} });
}));
for (let i = 0; i < 2; i++) {
  await call({
    method: { name: "Say", parent: { typeName: "test.Echo" } },
    header: new Headers(),
    signal: new AbortController().signal,
    stream: false,
  });
}
const until = Date.now();
while (Date.now() < until + 20) { /* The lines are made after this. */ }
console.log(JSON.stringify({ ids, until }));
await tracing.shutdown();
