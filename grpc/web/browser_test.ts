/** The clients in a real browser, on a page of another origin than the server's. */
import { assertEquals } from "@std/assert";
import { installed, peerTest } from "../../tests/_peers.ts";
import { echoService } from "../_echo_testing.ts";
import { deferred, packageHandler } from "../_testing.ts";
import { packageService, serve, validation } from "../mod.ts";

/** Longer than the page needs; it would wait for ever for a page that can't be loaded. */
const PATIENCE_MS = 30_000;

async function bundlePage(): Promise<string> {
  const page = new URL("testdata/page.ts", import.meta.url).href;
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--platform", "browser", page],
    cwd: new URL("../../", import.meta.url),
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

/** Opens the page in a browser, and answers what it says when it is done. */
async function visit(
  chromium: string,
  script: string,
  endpoint: (origin: string) => Promise<string>,
) {
  const { promise: done, resolve } = deferred<string>();
  const site = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const { pathname } = new URL(request.url);
      if (pathname === "/done") resolve(await request.text());
      if (pathname === "/page.js") {
        return new Response(script, { headers: { "content-type": "text/javascript" } });
      }
      return new Response(`<!doctype html><script type="module" src="/page.js"></script>`, {
        headers: { "content-type": "text/html" },
      });
    },
  );
  const origin = `http://127.0.0.1:${site.addr.port}`;
  const profile = await Deno.makeTempDir({ prefix: "oprc-grpc-browser-" });
  const url = `${origin}/?endpoint=${encodeURIComponent(await endpoint(origin))}`;
  const browser = new Deno.Command(chromium, {
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-dev-shm-usage",
      "--remote-debugging-port=0",
      `--user-data-dir=${profile}`,
      url,
    ],
    stdout: "null",
    stderr: "null",
  }).spawn();
  const timer = setTimeout(() => resolve("the page said nothing"), PATIENCE_MS);
  try {
    return await done;
  } finally {
    clearTimeout(timer);
    browser.kill();
    await browser.status;
    await site.shutdown();
    await Deno.remove(profile, { recursive: true }).catch(() => {});
  }
}

peerTest(
  "@oprc/grpc/web calls from a browser's page of another origin",
  {
    peer: "chromium (Debian package chromium)",
    found: await installed("chromium", "--version"),
  },
  async (chromium) => {
    const script = await bundlePage();
    let stop = () => Promise.resolve();
    const told = await visit(chromium, script, async (origin) => {
      const conflict = Object.assign(new Error("key /oaas/x"), {
        name: "StorageError",
        code: "conflict",
      });
      const server = await serve({
        services: [
          echoService(),
          packageService(packageHandler({
            createPackage: ({ package: pkg }) =>
              Promise.resolve({ packageId: `id of ${pkg?.name}` }),
            getPackage: () => Promise.resolve({}),
            deletePackage: () => Promise.reject(conflict),
          })),
        ],
        interceptors: [validation()],
        cors: { origins: [origin], exposedHeaders: ["x-in"] },
        onError: () => {},
      });
      stop = () => server.shutdown({ graceMs: 0 });
      return `http://127.0.0.1:${server.addr.port}`;
    });
    await stop();
    const expected = [
      "unary: id of images",
      "absent: undefined",
      "large: 300000",
      "headers: there and back",
      "details: InvalidArgument package.name",
      "reason: Aborted CONFLICT",
      "stream: 0,1,2,3",
      "broken stream: threw Aborted",
      "watch: serving",
      "deadline: threw DeadlineExceeded",
      "abort: threw Canceled",
      "nobody there: threw Unavailable",
    ];
    assertEquals(
      told.split("\n"),
      ["connect", "grpc-web"].flatMap((protocol) => expected.map((line) => `${protocol} ${line}`)),
    );
  },
);
