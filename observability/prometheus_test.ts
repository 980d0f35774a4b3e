/** A real Prometheus scrapes a service, and answers queries about it. */
import { trace } from "@opentelemetry/api";
import { assertEquals, assertExists } from "@std/assert";
import { setupMetricsServer } from "./metrics_server.ts";
import { observeProcess } from "./process_metrics.ts";
import { ServiceMetrics } from "./service_metrics.ts";
import { FakeClock } from "./testdata/fake_clock.ts";
import { installed, peerTest } from "./testdata/peer.ts";
import { type Prometheus, startPrometheus } from "./testdata/prometheus.ts";
import { spansOf } from "./testdata/with_tracing.ts";

peerTest(
  "setupMetricsServer() is scraped by Prometheus, which answers queries and knows exemplars",
  { peer: "prometheus (Debian package prometheus)", found: await installed("prometheus") },
  async (command) => {
    const metrics = new ServiceMetrics("package-manager");
    const method = "/oaas.package.PackageService/GetPackage";
    observeProcess(metrics.registry, { clock: new FakeClock() }).shutdown();
    await using server = await setupMetricsServer(0, { registry: metrics.registry });
    await using prometheus: Prometheus = await startPrometheus(command, {
      targets: [`127.0.0.1:${server.addr.port}`],
    });
    metrics.requestsTotal.inc({ method, code: "ok" }, 41);
    const [span] = await spansOf(() => {
      trace.getTracer("t").startActiveSpan("s", (span) => {
        for (let i = 0; i < 10; i++) metrics.requestDuration.observe({ method }, 0.02);
        span.end();
      });
      return Promise.resolve();
    });

    const total = await prometheus.value(`package_manager_requests_total{method="${method}"}`, 41);
    assertEquals(total.labels.code, "ok");
    await prometheus.value('target_info{service_name="package-manager"}', 1);
    await prometheus.value("package_manager_request_duration_seconds_count", 10);
    const quantile = "histogram_quantile(0.5, package_manager_request_duration_seconds_bucket)";
    // The middle of the bucket from 10 to 25 ms.
    assertEquals((await prometheus.value(quantile)).value.toFixed(4), "0.0175");
    assertExists(await prometheus.value("process_resident_memory_bytes > 1000000"));
    const exemplars = await prometheus.exemplars("package_manager_request_duration_seconds_bucket");
    assertEquals(exemplars[0]?.labels.trace_id, span.traceId);
    assertEquals(exemplars[0]?.value, "0.02");
  },
);
