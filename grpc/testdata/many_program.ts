/** What serve_many_test.ts starts: `<mode>` and, with `taken`, a port. Prints a line of JSON for each event. */
import process from "node:process";
import { runtimeService, serveMany } from "../mod.ts";

const [mode, port] = process.argv.slice(2);
const print = (event: unknown) => console.log(JSON.stringify(event));
const stop = new AbortController();
const server = await serveMany({
  processes: 3,
  port: Number(port ?? 0),
  maxRestarts: mode === "crash" ? 3 : 10,
  restartDelayMs: 20,
  signal: stop.signal,
  onProcessEnd: (end) => print({ end }),
  services: () => [runtimeService({
    async getRuntimeState({ instanceId }) {
      if (instanceId === "slow") {
        print({ slow: true });
        await new Promise((resolve) => setTimeout(resolve, 400));
      }
      return { runtimeState: { instanceId: String(process.pid) } };
    },
    updateRuntimeState: () => Promise.resolve({}),
    listActiveInstances: () => Promise.resolve({}),
  })],
}).catch((error) => {
  print({ failed: (error as Error).message });
  process.exit(1);
});
if (server.role === "first") {
  print({ listening: server.addr, pids: server.pids() });
  process.on("SIGTERM", () => stop.abort());
} else {
  process.on("exit", () => print({ left: process.pid }));
  if (mode === "crash") setTimeout(() => process.exit(7), 500);
}
await server.finished.catch((error) => {
  print({ failed: (error as Error).message });
  process.exitCode = 1;
});
if (server.role === "first") print({ finished: true });
