/** The status page, as data and in a real browser. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { HealthRegistry } from "./health_registry.ts";
import { getLogger } from "./logger.ts";
import { setupLogging } from "./logging.ts";
import { type MetricsServer, setupMetricsServer } from "./metrics_server.ts";
import { observeProcess } from "./process_metrics.ts";
import { ServiceMetrics } from "./service_metrics.ts";
import { FakeClock } from "./testdata/fake_clock.ts";
import { installed, peerTest } from "./testdata/peer.ts";

const method = "/oaas.package.PackageService/GetPackage";

/** Runs `test` with a service that has a bit of everything. */
async function withService(
  test: (url: string, metrics: ServiceMetrics, server: MetricsServer) => Promise<void>,
): Promise<void> {
  const metrics = new ServiceMetrics("package-manager");
  observeProcess(metrics.registry, { clock: new FakeClock() }).shutdown();
  const health = new HealthRegistry({ clock: new FakeClock() });
  health.add({ name: "loop", kind: "liveness", check: () => {} });
  health.add({
    name: "store",
    kind: "readiness",
    check: () => Promise.reject(new Error("no connection")),
  });
  const logging = setupLogging({ write: () => {} });
  const server = await setupMetricsServer(0, { registry: metrics.registry, health });
  try {
    for (let i = 0; i < 99; i++) metrics.requestDuration.observe({ method }, 0.02);
    metrics.requestDuration.observe({ method }, 7);
    metrics.requestsTotal.inc({ method, code: "ok" }, 97);
    metrics.requestsTotal.inc({ method, code: "internal" }, 3);
    metrics.errorsTotal.inc({ method, code: "internal" }, 3);
    metrics.activeConnections.inc({ method }, 2);
    const error = new Error("disk <img src=x onerror=document.title='broken'> full");
    getLogger("oprc.storage").error("write failed with token=hunter2", { error });
    getLogger("oprc.storage").info("of no concern");
    await test(`http://127.0.0.1:${server.addr.port}`, metrics, server);
  } finally {
    await server.shutdown();
    await logging.shutdown();
  }
}

Deno.test("setupMetricsServer() tells the status as JSON", async () => {
  await withService(async (url) => {
    const response = await fetch(`${url}/status.json`);
    assertEquals(response.headers.get("content-type"), "application/json");
    const status = await response.json();
    assertEquals(status.services, ["package-manager"]);
    assertEquals([status.health.liveness.ok, status.health.readiness.ok], [true, false]);
    assertEquals(status.methods.length, 1);
    const { requests, errors, active, counts, bounds } = status.methods[0];
    assertEquals([requests, errors, active], [100, 3, 2]);
    assertEquals([counts[bounds.indexOf(0.025)], counts[bounds.indexOf(10)]], [99, 1]);
    assert(status.process.process_resident_memory_bytes > 1e6);
    assertEquals(status.errors.length, 1);
    assertEquals(status.errors[0].message, "write failed with token=[redacted]");
    assertMatch(status.errors[0].error, /^disk <img/);
  });
});

Deno.test("setupMetricsServer() keeps a bounded number of errors, and none after its end", async () => {
  await withService(async (url, _, server) => {
    for (let i = 0; i < 200; i++) getLogger("t").warn(`warning ${i}`);
    const { errors } = await (await fetch(`${url}/status.json`)).json();
    assertEquals([errors.length, errors[0].message], [50, "warning 199"]);
    await server.shutdown();
  });
});

Deno.test("setupMetricsServer() lets the status page run its own script only", async () => {
  await withService(async (url) => {
    const response = await fetch(`${url}/status`);
    const html = await response.text();
    const policy = response.headers.get("content-security-policy")!;
    assertStringIncludes(policy, "default-src 'none'");
    const nonce = /nonce-([\w-]+)/.exec(policy)![1]!;
    assertStringIncludes(html, `<script nonce="${nonce}">`);
    assertEquals(/https?:\/\/|src=|@import|url\(/.test(html), false, "something from elsewhere");
    const again = await fetch(`${url}/status`);
    assertEquals((await again.text()).includes(nonce), false);
  });
});

peerTest(
  "setupMetricsServer() shows the status page in a browser",
  { peer: "chromium (Debian package chromium)", found: await installed("chromium") },
  async (chromium) => {
    await withService(async (url) => {
      const profile = await Deno.makeTempDir();
      try {
        const { stdout } = await new Deno.Command(chromium, {
          args: [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            `--user-data-dir=${profile}`,
            "--virtual-time-budget=5000",
            "--dump-dom",
            `${url}/status`,
          ],
          stderr: "null",
        }).output();
        const dom = new TextDecoder().decode(stdout).replace(/<script[^]*?<\/script>/g, "");
        const text = dom.replace(/<[^>]*>/g, "|").replace(/\|+/g, "|");
        assertStringIncludes(text, "|package-manager| |not healthy|");
        assertStringIncludes(text, "|readiness|store|failing|no connection|");
        assertStringIncludes(text, "|liveness|loop|ok|");
        // 100 requests in all, none while the page looked on, 2 active, and the percentiles.
        assertStringIncludes(text, `|${method}|100|0|0|2|17.6 ms|23.6 ms|25.0 ms|`);
        assertStringIncludes(text, "write failed with token=[redacted]: disk &lt;img src=x");
        assertStringIncludes(text, "|Resident memory|");
        assertStringIncludes(dom, "<title>! package-manager</title>");
      } finally {
        await Deno.remove(profile, { recursive: true });
      }
    });
  },
);
