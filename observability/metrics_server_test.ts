import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { installed, peerTest } from "./testdata/peer.ts";
import { HealthRegistry } from "./health_registry.ts";
import { MetricsRegistry } from "./metrics_registry.ts";
import {
  type MetricsServer,
  type MetricsServerOptions,
  setupMetricsServer,
} from "./metrics_server.ts";
import { observeProcess } from "./process_metrics.ts";
import { ServiceMetrics } from "./service_metrics.ts";
import { FakeClock } from "./testdata/fake_clock.ts";
import { parsePrometheus, valueOf } from "./testdata/prometheus_text.ts";

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

type Ask = (path: string, init?: RequestInit) => Promise<Answer>;

/** Runs `test` against a server on a free port. */
async function withServer(
  options: Partial<MetricsServerOptions>,
  test: (ask: Ask, server: MetricsServer) => Promise<void>,
): Promise<void> {
  const server = await setupMetricsServer(0, { registry: new MetricsRegistry(), ...options });
  try {
    await test(async (path, init) => {
      const answer = await fetch(`http://127.0.0.1:${server.addr.port}${path}`, init);
      return { status: answer.status, headers: answer.headers, body: await answer.text() };
    }, server);
  } finally {
    await server.shutdown();
  }
}

function failing(...names: string[]): HealthRegistry {
  const health = new HealthRegistry({ clock: new FakeClock() });
  health.add({ name: "fine", kind: "readiness", check: () => {} });
  for (const name of names) {
    health.add({
      name,
      kind: "readiness",
      check: () => Promise.reject(new Error(`no connection\nto ${name}`)),
    });
  }
  return health;
}

Deno.test("setupMetricsServer() serves the registry's metrics at /metrics", async () => {
  const metrics = new ServiceMetrics("package-manager");
  metrics.requestsTotal.inc({ method: "/test.Echo/Say", code: "ok" }, 3);
  await withServer({ registry: metrics.registry }, async (ask) => {
    const { status, headers, body } = await ask("/metrics");
    assertEquals(status, 200);
    assertEquals(headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    const labels = { method: "/test.Echo/Say", code: "ok" };
    assertEquals(valueOf(parsePrometheus(body), "package_manager_requests_total", labels), 3);
  });
});

Deno.test("setupMetricsServer() speaks OpenMetrics to who prefers it, unless others' metrics are shown", async () => {
  const registry = new MetricsRegistry();
  registry.counter("reads_total", { help: "For the test." }).inc();
  const headers = { accept: "application/openmetrics-text;version=1.0.0,text/plain;q=0.5" };
  await withServer({ registry }, async (ask) => {
    const { headers: answered, body } = await ask("/metrics", { headers });
    const type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    assertEquals(answered.get("content-type"), type);
    assertEquals(answered.get("vary"), "accept");
    assertMatch(body, /reads_total 1\n# EOF\n$/);
    registry.include({ metrics: () => "# TYPE theirs gauge\ntheirs 1\n" });
    const again = await ask("/metrics", { headers });
    assertMatch(again.headers.get("content-type")!, /^text\/plain/);
    assertEquals(valueOf(parsePrometheus(again.body), "theirs"), 1);
  });
});

Deno.test("setupMetricsServer() answers ok where nothing is checked", async () => {
  await withServer({}, async (ask) => {
    for (const path of ["/healthz", "/readyz", "/startupz", "/readyz?verbose"]) {
      const { status, headers, body } = await ask(path);
      assertEquals([status, body], [200, "ok\n"], path);
      assertEquals(headers.get("content-type"), "text/plain; charset=utf-8");
      assertEquals(headers.get("cache-control"), "no-store");
    }
  });
});

Deno.test("setupMetricsServer() answers 503 and names the checks that fail, a line each", async () => {
  await withServer({ health: failing("store", "queue") }, async (ask) => {
    const { status, body } = await ask("/readyz");
    assertEquals(status, 503);
    assertEquals(
      body,
      "not ok\nstore: no connection to store\nqueue: no connection to queue\n",
    );
    assertEquals((await ask("/healthz")).status, 200);
    assertEquals((await ask("/startupz")).status, 200);
  });
});

Deno.test("setupMetricsServer() answers each probe from its own kind", async () => {
  const health = new HealthRegistry();
  health.add({ name: "alive", kind: "liveness", check: () => {} });
  health.add({ name: "ready", kind: "readiness", check: () => {} });
  health.add({ name: "started", kind: "startup", check: () => {} });
  await withServer({ health }, async (ask) => {
    const accept = { headers: { accept: "application/json" } };
    for (
      const [path, name] of [["healthz", "alive"], ["readyz", "ready"], ["startupz", "started"]]
    ) {
      const report = JSON.parse((await ask(`/${path}`, accept)).body);
      assertEquals(report.checks.map((check: { name: string }) => check.name), [name]);
    }
  });
});

Deno.test("setupMetricsServer() answers the whole report as JSON to who accepts that", async () => {
  await withServer({ health: failing("store") }, async (ask) => {
    for (const accept of ["application/json", "text/html, Application/JSON;q=0.9"]) {
      const { status, headers, body } = await ask("/readyz", { headers: { accept } });
      assertEquals([status, headers.get("content-type")], [503, "application/json"]);
      assertEquals(JSON.parse(body), {
        ok: false,
        checks: [
          { name: "fine", ok: true, durationMs: 0 },
          { name: "store", ok: false, error: "no connection\nto store", durationMs: 0 },
        ],
      });
    }
    for (const accept of ["*/*", "application/json;q=0", "text/plain"]) {
      assertMatch((await ask("/readyz", { headers: { accept } })).body, /^not ok\n/);
    }
  });
});

Deno.test("setupMetricsServer() turns /readyz to 503 while draining", async () => {
  const health = new HealthRegistry();
  await withServer({ health }, async (ask) => {
    health.setDraining(true);
    const { status, body } = await ask("/readyz");
    assertEquals([status, body], [503, "not ok\ndraining: shutting down\n"]);
    assertEquals((await ask("/healthz")).status, 200);
  });
});

Deno.test("setupMetricsServer() answers HEAD as GET, without the body", async () => {
  await withServer({ health: failing("store") }, async (ask) => {
    const get = await ask("/readyz");
    const head = await ask("/readyz", { method: "HEAD" });
    assertEquals([head.status, head.body], [503, ""]);
    assertEquals(head.headers.get("content-length"), String(get.body.length));
    assertEquals((await ask("/metrics", { method: "HEAD" })).status, 200);
  });
});

Deno.test("setupMetricsServer() answers 404 to other paths, 405 to other methods", async () => {
  await withServer({}, async (ask) => {
    for (const path of ["/", "/metrics/", "/healthz/x", "/constructor", "//metrics"]) {
      assertEquals((await ask(path)).status, 404, path);
    }
    const { status, headers } = await ask("/metrics", {
      method: "POST",
      body: "x".repeat(100_000),
    });
    assertEquals([status, headers.get("allow")], [405, "GET, HEAD"]);
    assertEquals((await ask("/readyz", { method: "DELETE" })).status, 405);
  });
});

Deno.test("setupMetricsServer() answers 500 with the reason when metrics can't be read", async () => {
  const registry = new MetricsRegistry();
  registry.gauge("open", {
    help: "For the test.",
    collect: () => {
      throw new Error("no such file");
    },
  });
  await withServer({ registry }, async (ask) => {
    const { status, body } = await ask("/metrics");
    assertEquals([status, body], [500, "no such file\n"]);
    assertEquals((await ask("/healthz")).status, 200);
  });
});

Deno.test("setupMetricsServer() listens at 127.0.0.1 unless told otherwise", async () => {
  await withServer({}, (_, server) => {
    assertEquals(server.addr.hostname, "127.0.0.1");
    return Promise.resolve();
  });
  await withServer({ hostname: "0.0.0.0" }, (_, server) => {
    assertEquals(server.addr.hostname, "0.0.0.0");
    return Promise.resolve();
  });
});

Deno.test("setupMetricsServer() names host and port when the port is in use", async () => {
  await withServer({}, async (_, { addr }) => {
    await assertRejects(
      () => setupMetricsServer(addr.port, { registry: new MetricsRegistry() }),
      Error,
      `Cannot listen on 127.0.0.1:${addr.port}: the port is in use`,
    );
  });
});

Deno.test("setupMetricsServer() refuses what isn't a port or an address here", async () => {
  const registry = new MetricsRegistry();
  for (const port of [-1, 65_536, 1.5, NaN]) {
    await assertRejects(
      () => setupMetricsServer(port, { registry }),
      RangeError,
      `Cannot listen on 127.0.0.1:${port}: not a port from 0 to 65535`,
    );
  }
  await assertRejects(
    () => setupMetricsServer(0, { registry, hostname: "203.0.113.1" }),
    Error,
    "Cannot listen on 203.0.113.1:0: ",
  );
});

Deno.test("setupMetricsServer() needs one permission, and rejects without it", async () => {
  const serve = async (permission: string, hostname: string): Promise<string> => {
    const program = new URL("testdata/serve.ts", import.meta.url).href;
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-prompt", permission, program, hostname, "0"],
    }).output();
    return new TextDecoder().decode(stdout).trim();
  };
  assertEquals(
    await Promise.all([
      serve("--allow-net=127.0.0.1", "127.0.0.1"),
      serve("--allow-net=203.0.113.1", "127.0.0.1"),
      serve("--allow-net=203.0.113.1", "::1"),
    ]),
    [
      "served",
      "Cannot listen on 127.0.0.1:0: run again with --allow-net=127.0.0.1:0",
      "Cannot listen on [::1]:0: run again with --allow-net=[::1]:0",
    ],
  );
});

Deno.test("setupMetricsServer() survives garbage and connections that are cut", async () => {
  await withServer({}, async (ask, { addr }) => {
    for (
      const bytes of [
        "\x00\xff garbage\r\n\r\n",
        "GET /metrics HTTP/1.1\r\nhost: a\r\n\r\n",
        "GET ",
      ]
    ) {
      const connection = await Deno.connect(addr);
      await connection.write(new TextEncoder().encode(bytes));
      connection.close();
    }
    assertEquals((await ask("/healthz")).status, 200);
  });
});

Deno.test("MetricsServer.shutdown() frees the port, closes idle connections, and may be repeated", async () => {
  const registry = new MetricsRegistry();
  const server = await setupMetricsServer(0, { registry });
  const idle = await Deno.connect(server.addr);
  await Promise.all([server.shutdown(), server.shutdown()]);
  await server[Symbol.asyncDispose]();
  assertEquals(await idle.read(new Uint8Array(1)).catch(() => null), null);
  idle.close();
  const again = await setupMetricsServer(server.addr.port, { registry });
  await again.shutdown();
});

Deno.test("MetricsServer.shutdown() lets an answer under way finish", async () => {
  let answer = () => {};
  let asked = () => {};
  const started = new Promise<void>((resolve) => asked = resolve);
  const health = new HealthRegistry();
  health.add({
    name: "slow",
    kind: "readiness",
    check: () => {
      asked();
      return new Promise<void>((resolve) => answer = resolve);
    },
  });
  const server = await setupMetricsServer(0, { registry: new MetricsRegistry(), health });
  const response = fetch(`http://127.0.0.1:${server.addr.port}/readyz`);
  await started;
  const closed = server.shutdown();
  answer();
  assertEquals(await (await response).text(), "ok\n");
  await closed;
});

Deno.test("setupMetricsServer() signal shuts the server down", async () => {
  const controller = new AbortController();
  const server = await setupMetricsServer(0, {
    registry: new MetricsRegistry(),
    signal: controller.signal,
  });
  controller.abort();
  for (let open = true, tries = 0; open; tries++) {
    assert(tries < 1_000, "the server still listens");
    open = await Deno.connect(server.addr).then((connection) => {
      connection.close();
      return true;
    }, () => false);
  }
  await server.shutdown();
});

Deno.test("setupMetricsServer() doesn't start when the signal has aborted", async () => {
  const reason = new Error("not any more");
  const registry = new MetricsRegistry();
  const signal = AbortSignal.abort(reason);
  await assertRejects(() => setupMetricsServer(0, { registry, signal }), Error, "not any more");

  const controller = new AbortController();
  const starting = setupMetricsServer(0, { registry, signal: controller.signal });
  controller.abort(reason);
  await assertRejects(() => starting, Error, "not any more");
});

peerTest(
  "setupMetricsServer() serves metrics that promtool has nothing to say about",
  { peer: "promtool (Debian package prometheus)", found: await installed("promtool") },
  async () => {
    const metrics = new ServiceMetrics("package-manager");
    const labels = { method: '/test.Echo/"Say"\n', code: "ok" };
    metrics.requestsTotal.inc(labels);
    metrics.errorsTotal.inc(labels);
    metrics.activeConnections.inc(labels);
    metrics.requestDuration.observe(labels, 0.01);
    observeProcess(metrics.registry, { clock: new FakeClock() }).shutdown();
    await withServer({ registry: metrics.registry }, async (ask) => {
      const child = new Deno.Command("promtool", {
        args: ["check", "metrics"],
        stdin: "piped",
        stdout: "piped",
        stderr: "piped",
      }).spawn();
      const writer = child.stdin.getWriter();
      await writer.write(new TextEncoder().encode((await ask("/metrics")).body));
      await writer.close();
      const { code, stdout, stderr } = await child.output();
      const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
      assertEquals([said, code], ["", 0]);
    });
  },
);
