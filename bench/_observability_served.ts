/** A server under load: a process that serves and counts its processor time, and its callers. */
import { createConnectRouter } from "@connectrpc/connect";
import { createFetchHandler } from "@connectrpc/connect/protocol";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { PackageService } from "@oprc/proto/package";
import { BODY, HEADERS, observed, PATH, service, WARM_UP_HEADERS } from "./_observability_child.ts";

const fs = await import("node:fs");
const http = await import("node:http");
const { process } = globalThis as unknown as {
  process: { cpuUsage(): { user: number; system: number } };
};

declare const Deno: {
  serve(
    options: object,
    handler: (request: Request) => Response | Promise<Response>,
  ): { addr: { port: number } };
};

/** Serves as each runtime does it best; `/used` answers the processor time since the last asking. */
export async function serve(who: string, collector: string): Promise<void> {
  const { interceptors, flush } = await observed(who, collector);
  let last = 0;
  const used = async (): Promise<string> => {
    await flush();
    const { user, system } = process.cpuUsage();
    const since = user + system - last;
    last = user + system;
    return String(since);
  };
  if ("Deno" in globalThis) {
    const router = createConnectRouter({ interceptors });
    router.service(PackageService, service);
    const handler = router.handlers.find(({ method }) => method.name === "GetPackage")!;
    const answer = createFetchHandler(handler);
    const options = {
      port: 0,
      hostname: "127.0.0.1",
      onListen: ({ port }: { port: number }) => print(port),
    };
    Deno.serve(
      options,
      (request) =>
        request.method === "GET" ? used().then((text) => new Response(text)) : answer(request),
    );
    return;
  }
  const answer = connectNodeAdapter({
    interceptors,
    routes: (router) => void router.service(PackageService, service),
  });
  const server = http.createServer((request, response) => {
    if (request.method === "GET") used().then((text) => response.end(text));
    else answer(request, response);
  });
  server.listen(0, "127.0.0.1", () => print((server.address() as { port: number }).port));
}

function print(port: number): void {
  fs.writeSync(1, `PORT ${port}\n`);
}

const CALLERS = 16;

/** Calls a server `count` times, some at once; answers its processor time of a call in ns. */
export async function load(port: number, count: number): Promise<number> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: CALLERS });
  const ask = (
    method: string,
    path: string,
    headers: Record<string, string>,
    body?: Uint8Array,
  ): Promise<string> =>
    new Promise((resolve, reject) => {
      const length = { "content-length": body?.length ?? 0 };
      const request = http.request(
        { host: "127.0.0.1", port, agent, method, path, headers: { ...headers, ...length } },
        (response) => {
          let text = "";
          response.on("data", (data: Uint8Array) => text += data);
          response.on("end", () => resolve(text));
          if (response.statusCode !== 200) reject(new Error(`answered ${response.statusCode}`));
        },
      );
      request.on("error", reject);
      request.end(body);
    });
  const run = async (calls: number, headers: Record<string, string>): Promise<void> => {
    let left = calls;
    await Promise.all(Array.from({ length: CALLERS }, async () => {
      while (left-- > 0) await ask("POST", PATH, headers, BODY);
    }));
  };
  await run(Math.ceil(count / 2), WARM_UP_HEADERS);
  await ask("GET", "/used", {});
  await run(count, HEADERS);
  const micros = Number(await ask("GET", "/used", {}));
  agent.destroy();
  return micros * 1_000 / count;
}
