/** A trace that crosses services: one call to the Package Manager, seen in its cluster too. */
import { assert, assertEquals } from "@std/assert";
import { freePort, startProcess } from "../examples/common/process.ts";
import { OtlpReceiver } from "../observability/testdata/otlp_receiver.ts";
import { PackageClient } from "@oprc/grpc";
import { smallPackage } from "./_platform.ts";

interface Span {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
}

Deno.test("a deployment is one trace from the Package Manager into the cluster", async () => {
  const cwd = await Deno.makeTempDir();
  try {
    await using collector = new OtlpReceiver();
    const port = freePort();
    const common = {
      "observability.otlp_endpoint": collector.url,
      "storage.type": "memory",
    };
    await using cluster = await startProcess({
      service: "class_runtime_manager",
      cwd,
      set: {
        ...common,
        cluster: "eu",
        package_manager_url: `http://127.0.0.1:${port}`,
      },
    });
    await using manager = await startProcess({
      service: "package_manager",
      cwd,
      set: { ...common, "server.port": port },
      env: { OAAS_CLUSTERS: JSON.stringify({ eu: { url: cluster.url } }) },
    });
    await using client = PackageClient.connect(manager.url);
    await client.createPackage(smallPackage("things"));
    await client.deployClass({
      packageName: "things",
      classKey: "thing",
      targetEnv: "test",
      targetClusters: ["eu"],
    });
    // Stopping sends what is left.
    assertEquals(await manager.stop("SIGTERM"), 0);
    assertEquals(await cluster.stop("SIGTERM"), 0);

    const spans = collector.spans as unknown as Span[];
    const deployed = spans.find(({ name }) => name.endsWith("PackageService/DeployClass"));
    assert(deployed !== undefined, `no span of DeployClass in ${spans.map((s) => s.name)}`);
    const trace = spans.filter(({ traceId }) => traceId === deployed.traceId);
    const asked = trace.filter(({ name }) => name.endsWith("DeploymentService/Deploy"));
    // One at the client's end, one at the server's, the latter a child of the former.
    assertEquals(asked.length, 2, JSON.stringify(trace.map(({ name }) => name)));
    const [a, b] = asked as [Span, Span];
    assert(a.parentSpanId === b.spanId || b.parentSpanId === a.spanId);
  } finally {
    await Deno.remove(cwd, { recursive: true });
  }
});
