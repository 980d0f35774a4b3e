import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { parse } from "@std/yaml";
import { panelsOf } from "./_dashboards/panels.ts";
import { dashboard, rules } from "./dashboards.ts";
import { setupMetricsServer } from "./metrics_server.ts";
import { dashboardService } from "./testdata/dashboard_service.ts";
import { installed, peerTest } from "./testdata/peer.ts";
import { startPrometheus } from "./testdata/prometheus.ts";

const promtool = {
  peer: "promtool (Debian package prometheus)",
  found: await installed("promtool"),
};

async function run(command: string, ...args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(command, { args }).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, said: decode(stdout) + decode(stderr) };
}

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("dashboard() lays out each panel with its queries, without overlap", () => {
  // deno-lint-ignore no-explicit-any -- Grafana's model
  const { panels, uid, title } = dashboard("package-manager") as any;
  assertEquals([uid, title], ["oprc-package_manager", "package-manager"]);
  const places = new Set<string>();
  for (const { id, gridPos: { x, y, w, h }, targets } of panels) {
    assert(x + w <= 24);
    for (let dx = 0; dx < w; dx++) for (let dy = 0; dy < h; dy++) places.add(`${x + dx} ${y + dy}`);
    assert(targets.length > 0);
    assertEquals(places.size, id * w * h);
  }
  assertEquals(panels.length, panelsOf("package-manager").length);
});

Deno.test("dashboard() and rules() refuse what can't be right", () => {
  assertThrows(() => dashboard(""), TypeError, "the service's name is empty");
  assertThrows(() => rules(""), TypeError, "the service's name is empty");
  for (const availability of [0, 1, 1.5, NaN]) {
    assertThrows(() => rules("s", { availability }), RangeError, "availability");
  }
  for (const latencyMs of [0, -1, NaN, Infinity]) {
    assertThrows(() => rules("s", { latencyMs }), RangeError, "latencyMs");
  }
});

Deno.test("rules() is YAML, whatever the service is called", () => {
  for (const name of ["package-manager", 'a "b" \\ {{ c }}\n- d: #e', "1st", "é: [x]"]) {
    // deno-lint-ignore no-explicit-any -- Prometheus' model
    const { groups } = parse(rules(name)) as any;
    assertEquals(groups.length, 2);
    for (const { rules } of groups) assert(rules.length > 4);
  }
});

peerTest("rules() passes promtool check rules", promtool, async (promtool) => {
  await inFolder(async (folder) => {
    for (const [i, name] of ["package-manager", 'a "b" \\ {{ c }}\n- d: #e', "1st"].entries()) {
      const file = `${folder}/${i}.yml`;
      await Deno.writeTextFile(file, rules(name, { availability: 0.995, latencyMs: 250 }));
      const { code, said } = await run(promtool, "check", "rules", file);
      assertEquals(code, 0, said);
      assertMatch(said, /SUCCESS: 15 rules found/);
    }
  });
});

peerTest("rules() raises each alert when it should, and none else", promtool, async (promtool) => {
  const series = (name: string, values: string) => ({ series: name, values });
  const target = series('target_info{service_name="svc",instance="i",job="j"}', "1x600");
  const lag = (le: string, values: string) =>
    series(`process_event_loop_lag_seconds_bucket{le="${le}",instance="i",job="j"}`, values);
  const took = (le: string, values: string) =>
    series(`svc_request_duration_seconds_bucket{le="${le}",method="m"}`, values);
  const cases: [alerts: string[], series: { series: string; values: string }[]][] = [
    [[], [
      target,
      series('svc_requests_total{method="m",code="ok"}', "0+100x600"),
      series('svc_requests_total{method="m",code="not_found"}', "0+100x600"),
      took("0.5", "0+200x600"),
      took("+Inf", "0+200x600"),
      series(
        'otel_records_lost_total{kind="span",reason="queue_full",instance="i",job="j"}',
        "5x600",
      ),
    ]],
    [["ServiceGone"], []],
    [["ErrorBudgetBurning", "ErrorBudgetBurningFast"], [
      target,
      series('svc_requests_total{method="m",code="ok"}', "0+95x600"),
      series('svc_requests_total{method="m",code="internal"}', "0+5x600"),
    ]],
    [["ErrorBudgetBurning"], [
      target,
      series('svc_requests_total{method="m",code="ok"}', "0+990x600"),
      series('svc_requests_total{method="m",code="503"}', "0+10x600"),
    ]],
    [["RequestsSlow"], [
      target,
      took("1", "0+90x600"),
      took("10", "0+100x600"),
      took("+Inf", "0+100x600"),
    ]],
    [["EventLoopBlocked"], [
      target,
      lag("0.1", "0+50x600"),
      lag("1", "0+100x600"),
      lag("+Inf", "0+100x600"),
    ]],
    [["OpenFilesRunOut"], [
      target,
      series('process_open_fds{instance="i",job="j"}', "900x600"),
      series('process_max_fds{instance="i",job="j"}', "1000x600"),
    ]],
    [["TelemetryLost"], [
      target,
      series(
        'otel_records_lost_total{kind="span",reason="queue_full",instance="i",job="j"}',
        "0+1x600",
      ),
    ]],
    [["LogLinesLost"], [
      target,
      series('log_lines_lost_total{reason="output",instance="i",job="j"}', "0+1x600"),
      series('log_lines_lost_total{reason="rate_limit",instance="i",job="j"}', "0+9x600"),
    ]],
    [["TooManySeries"], [
      target,
      series('svc_requests_total{method="other",code="ok"}', "0+1x600"),
    ]],
  ];
  const text = rules("svc");
  const all = [...text.matchAll(/alert: "(\w+)"/g)].map(([, name]) => name!);
  assertEquals(new Set(cases.flatMap(([alerts]) => alerts)), new Set(all));
  await inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/rules.yml`, text);
    // promtool compares labels and texts too; whether an alert fires is asked of ALERTS.
    const tests = cases.map(([alerts, input_series], i) => ({
      name: `case ${i}`,
      interval: "1m",
      input_series,
      promql_expr_test: all.map((name) => ({
        expr: `count(ALERTS{alertname="${name}",alertstate="firing"})`,
        eval_time: "8h",
        exp_samples: alerts.includes(name) ? [{ labels: "{}", value: 1 }] : [],
      })),
    }));
    const file = `${folder}/test.yml`;
    const test = { rule_files: ["rules.yml"], evaluation_interval: "1m", tests };
    await Deno.writeTextFile(file, JSON.stringify(test));
    const { code, said } = await run(promtool, "test", "rules", file);
    assertEquals(code, 0, said);
  });
});

peerTest(
  "dashboard() asks nothing that Prometheus has no answer to",
  { peer: "prometheus (Debian package prometheus)", found: await installed("prometheus") },
  async (command) => {
    const service = dashboardService("package-manager");
    await using server = await setupMetricsServer(0, { registry: service.registry });
    const targets = [`127.0.0.1:${server.addr.port}`];
    await using prometheus = await startPrometheus(command, {
      targets,
      rules: rules("package-manager"),
    });
    service.step();
    await prometheus.value('up{job="test"}', 1);
    for (const { title, queries } of panelsOf("package-manager")) {
      for (const { expr, legend } of queries) {
        service.step();
        const query = expr.replaceAll("$__rate_interval", "1m").replaceAll("$instance", ".*");
        const { labels } = await prometheus.value(query);
        // What the legend names must be there.
        for (const [, label] of legend.matchAll(/\{\{(\w+)\}\}/g)) {
          assert(labels[label!] !== undefined, `${title}: no ${label} in the answer to ${query}`);
        }
      }
    }
    await prometheus.value("method:package_manager_requests_total:rate5m");
  },
);

Deno.test("dashboards as a program writes both files, and says why it can't", async () => {
  const program = new URL("dashboards.ts", import.meta.url).href;
  await inFolder(async (folder) => {
    const deno = (...args: string[]) =>
      run(Deno.execPath(), "run", "-q", "--no-prompt", `--allow-write=${folder}`, program, ...args);
    const options = ["--out", folder, "--availability", "0.99", "--latency", "250"];
    const { code, said } = await deno("a/b", ...options);
    assertEquals([code, said], [0, `${folder}/a_b.dashboard.json\n${folder}/a_b.rules.yml\n`]);
    const written = await Deno.readTextFile(`${folder}/a_b.rules.yml`);
    assertEquals(written, rules("a/b", { availability: 0.99, latencyMs: 250 }));
    const json = JSON.parse(await Deno.readTextFile(`${folder}/a_b.dashboard.json`));
    assertEquals(json, JSON.parse(JSON.stringify(dashboard("a/b"))));

    for (const args of [[], ["a", "b"], ["a", "--loud", "x"], ["a", "--out"]]) {
      const refused = await deno(...args);
      assertEquals(refused.code, 1);
      assertStringIncludes(refused.said, "Usage: dashboards <service name>");
    }
    assertStringIncludes((await deno("a", "--availability", "2")).said, "availability is 2");
  });
});
