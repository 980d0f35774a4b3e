/** The models and the clients in a real browser, from a bundle, against a service on Node. */
import { assertEquals } from "@std/assert";
import type { Registry } from "../registry.ts";
import { npmInstall, succeed, toolsNamed } from "../_stranger.ts";

const OURS = ["@oprc/proto", "@oprc/models", "@oprc/grpc", "@oprc/storage", "@oprc/observability"];

const HTML = `<!doctype html><title>oprc</title><button>Try</button><output></output>
<script type="module" src="bundle.js"></script>`;

/** Serves the page on an origin of its own. */
function servePage(bundle: Uint8Array<ArrayBuffer>): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const script = new URL(request.url).pathname === "/bundle.js";
    return script
      ? new Response(bundle, { headers: { "content-type": "text/javascript" } })
      : new Response(HTML, { headers: { "content-type": "text/html" } });
  });
}

/** Starts the service, and waits until it says where it listens. */
async function startService(
  cwd: string,
  node: readonly string[],
  origin: string,
): Promise<{ service: string; status: string } & AsyncDisposable> {
  const child = new Deno.Command(node[0]!, {
    args: [...node.slice(1), "service.js", origin],
    cwd,
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value } = await reader.read();
  return {
    ...JSON.parse(value!),
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await reader.cancel();
      await child.status;
    },
  };
}

/** Builds the bundle, runs it in Chromium, and checks what the page says, and the status page. */
export async function testInBrowser(
  cwd: string,
  registry: Registry,
  { node, chromium }: { node: readonly string[]; chromium: string },
): Promise<void> {
  await npmInstall(cwd, registry, OURS, toolsNamed("esbuild", "playwright-core"));
  for (const file of ["page.js", "service.js", "drive.js"]) {
    await Deno.copyFile(new URL(`testdata/${file}`, import.meta.url), `${cwd}/${file}`);
  }
  await succeed(cwd, [
    ...node,
    "node_modules/esbuild/bin/esbuild",
    "page.js",
    "--bundle",
    "--format=esm",
    "--platform=browser",
    "--outfile=bundle.js",
  ]);
  await using page = servePage(await Deno.readFile(`${cwd}/bundle.js`));
  const origin = `http://127.0.0.1:${page.addr.port}`;
  await using running = await startService(cwd, node, origin);
  const url = `${origin}/?service=${encodeURIComponent(running.service)}`;
  const said = JSON.parse(await succeed(cwd, [...node, "drive.js", chromium, url, running.status]));
  const call = {
    version: "1.0.0",
    issues: ["InvalidName package.name"],
    absent: true,
    missing: 5,
  };
  assertEquals(said, {
    issues: ["InvalidName"],
    calls: [{ protocol: "connect", ...call }, { protocol: "grpc-web", ...call }],
    faults: [],
  });
}
