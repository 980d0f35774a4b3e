/** The collector of the tests, told by OpenTelemetry's own SDK. */
import { assertEquals } from "@std/assert";
import { type ExportResult, ExportResultCode } from "@opentelemetry/core";
import { ProtobufMetricsSerializer } from "@opentelemetry/otlp-transformer";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  AggregationTemporality,
  MeterProvider,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
  type ResourceMetrics,
} from "@opentelemetry/sdk-metrics";
import { OtlpReceiver } from "./testdata/otlp_receiver.ts";

/** Sends what the SDK collects, packed. */
function exporterTo(url: string): PushMetricExporter {
  const send = async (metrics: ResourceMetrics): Promise<number> => {
    const bytes = ProtobufMetricsSerializer.serializeRequest(metrics) as Uint8Array<ArrayBuffer>;
    const body = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
    const headers = { "content-type": "application/x-protobuf", "content-encoding": "gzip" };
    const answer = await fetch(url, {
      method: "POST",
      headers,
      body: await new Response(body).arrayBuffer(),
    });
    await answer.body?.cancel();
    return answer.ok ? ExportResultCode.SUCCESS : ExportResultCode.FAILED;
  };
  return {
    export: (metrics, done: (result: ExportResult) => void) =>
      void send(metrics).then((code) => done({ code })),
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
    selectAggregationTemporality: () => AggregationTemporality.CUMULATIVE,
  };
}

Deno.test("OtlpReceiver decodes the metrics of OpenTelemetry's SDK", async () => {
  await using receiver = new OtlpReceiver();
  const provider = new MeterProvider({
    resource: resourceFromAttributes({ "service.name": "shop" }),
    readers: [
      new PeriodicExportingMetricReader({ exporter: exporterTo(`${receiver.url}/v1/metrics`) }),
    ],
  });
  const meter = provider.getMeter("tests", "1");
  meter.createCounter("orders", { unit: "{order}", description: "Orders." })
    .add(3, { paid: true, items: 2 });
  meter.createUpDownCounter("open").add(-2);
  const histogram = meter.createHistogram("seconds", {
    advice: { explicitBucketBoundaries: [0.5, 1] },
  });
  for (const value of [0.25, 0.75, 4]) histogram.record(value);
  meter.createObservableGauge("load").addCallback((result) => result.observe(0.5));
  await provider.shutdown();

  assertEquals(receiver.received.map(({ signal }) => signal), ["metrics"]);
  const [orders, open, seconds, load] = receiver.metrics;
  assertEquals([orders.name, orders.unit, orders.description], ["orders", "{order}", "Orders."]);
  assertEquals([orders.resource["service.name"], orders.scope], ["shop", "tests"]);
  assertEquals([orders.sum.isMonotonic, open.sum.isMonotonic ?? false], [true, false]);
  const [point] = orders.sum.dataPoints;
  assertEquals([point.asDouble ?? point.asInt, point.attributes], [3, { paid: true, items: 2 }]);
  assertEquals(open.sum.dataPoints[0].asDouble ?? open.sum.dataPoints[0].asInt, -2);
  const [spread] = seconds.histogram.dataPoints;
  assertEquals([spread.count, spread.sum, spread.min, spread.max], ["3", 5, 0.25, 4]);
  assertEquals([spread.bucketCounts, spread.explicitBounds], [["1", "1", "1"], [0.5, 1]]);
  assertEquals([load.name, load.gauge.dataPoints[0].asDouble], ["load", 0.5]);
});
