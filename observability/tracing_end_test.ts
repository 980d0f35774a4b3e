/** No span and no exported log line is lost, whatever way a process ends. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { installedNode, peerTest } from "./testdata/peer.ts";
import { nobody, OtlpReceiver } from "./testdata/otlp_receiver.ts";

const program = decodeURIComponent(
  new URL("testdata/trace_and_end.ts", import.meta.url).pathname,
);

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(
  command: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Ended> {
  const { code, stdout, stderr } = await new Deno.Command(command, {
    args: [...args],
    env: { NO_COLOR: "1", ...env },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/** What has come: each span once or more, and the line. */
function assertComplete(receiver: OtlpReceiver, said: string): void {
  const names = new Set(receiver.spans.map(({ name }) => name));
  assertEquals(names.size, 600, said);
  assertEquals(receiver.logs.map(({ body }) => body.stringValue), ["the end"], said);
}

/** No permission but that to reach the collector: variables that can't be read count as unset. */
const deno = (receiver: OtlpReceiver) =>
  ["run", "--quiet", "--no-prompt", `--allow-net=${new URL(receiver.url).host}`, program] as const;

for (
  const [mode, expected] of [
    ["return", 0],
    ["exit", 3],
    ["process-exit", 4],
    ["throw", 1],
    ["reject", 1],
  ] as const
) {
  Deno.test(`setupTracing() loses no span when the process ends by ${mode}`, async () => {
    await using receiver = new OtlpReceiver();
    const ended = await run(Deno.execPath(), [...deno(receiver), receiver.url, mode]);
    assertEquals([ended.code, ended.stdout], [expected, "sdk\n"], ended.stderr);
    assertComplete(receiver, ended.stderr);
  });
}

Deno.test("setupTracing() endOnSigterm sends what is left and ends the process", async () => {
  await using receiver = new OtlpReceiver();
  const args = [...deno(receiver), receiver.url, "sigterm"];
  // Only to send itself the signal.
  args.splice(1, 0, "--allow-run");
  const ended = await run(Deno.execPath(), args);
  assertEquals(ended.code, 143, ended.stderr);
  assertComplete(receiver, ended.stderr);
});

Deno.test("setupTracing() doesn't hold up the end of the process beyond its time", async () => {
  await using receiver = new OtlpReceiver();
  receiver.mode = "silent";
  const ended = await run(Deno.execPath(), [...deno(receiver), receiver.url, "exit", "100"]);
  assertEquals(ended.code, 3, ended.stderr);
  assertEquals(receiver.spans, []);
  assertStringIncludes(ended.stderr, "didn't take it as the process ended");
});

Deno.test("setupTracing() adopts Deno's own OpenTelemetry, whose spans arrive once", async () => {
  await using receiver = new OtlpReceiver();
  const ended = await run(
    Deno.execPath(),
    ["run", "--quiet", "-A", program, nobody(), "return"],
    {
      OTEL_DENO: "true",
      OTEL_DENO_CONSOLE: "ignore",
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    },
  );
  assertEquals([ended.code, ended.stdout], [0, "adopted\n"], ended.stderr);
  assertStringIncludes(ended.stderr, "Deno's own OpenTelemetry is set up already");
  const spans = receiver.spans.filter(({ scope }) => scope === "ending");
  assertEquals(spans.length, 600);
});

peerTest(
  "setupTracing() loses no span on Node",
  { peer: "Node", found: await installedNode() },
  async () => {
    const folder = await Deno.makeTempDir();
    try {
      const bundle = `${folder}/ending.mjs`;
      const bundled = await run(Deno.execPath(), ["bundle", "--quiet", "-o", bundle, program]);
      assertEquals(bundled.code, 0, bundled.stderr);
      for (
        const [mode, expected] of [
          ["return", 0],
          ["process-exit", 4],
          ["throw", 1],
          ["reject", 1],
          ["sigterm", 143],
        ] as const
      ) {
        await using receiver = new OtlpReceiver();
        const ended = await run("node", [bundle, receiver.url, mode]);
        assertEquals([mode, ended.code, ended.stdout], [mode, expected, "sdk\n"], ended.stderr);
        assertComplete(receiver, ended.stderr);
      }
      // Nobody listens: Node would end a program that waits for nothing but idle timers.
      for (const mode of ["shutdown", "flush"]) {
        const ended = await run("node", [bundle, nobody(), mode, "100"]);
        assertEquals([ended.code, ended.stdout], [0, `sdk\n${mode} over\n`], ended.stderr);
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);
