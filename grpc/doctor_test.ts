import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { installedNode } from "../tests/_node.ts";
import { peerTest } from "../tests/_peers.ts";
import { judgeEnd } from "./_doctor_findings.ts";
import { runChild } from "./_node/doctor_process.ts";
import { diagnose } from "./doctor.ts";

const cwd = new URL("../", import.meta.url);

async function output(command: string, ...args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(command, { args, cwd }).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, text: decode(stdout), errors: decode(stderr) };
}

function assertFit({ code, text, errors }: Awaited<ReturnType<typeof output>>, runtime: string) {
  assertEquals([errors, code], ["", 0]);
  const lines = text.trim().split("\n");
  assertEquals(lines.length, 2);
  assertStringIncludes(lines[0]!, `fit     ${runtime}`);
  assert(/^fit {5}Under load: [1-9]\d+ calls answered, \d+ connections closed/.test(lines[1]!));
}

Deno.test("diagnose() finds nothing against the runtime of the tests", async () => {
  const { fit, findings } = await diagnose({ loadMs: 100 });
  assertEquals(fit, true);
  assertEquals(findings.map(({ verdict }) => verdict), ["fit", "fit"]);
  await assertRejects(() => diagnose({ loadMs: 0 }), RangeError, "loadMs");
});

Deno.test("doctor prints its findings and exits with 0 where there is nothing wrong", async () => {
  assertFit(
    await output(Deno.execPath(), "run", "-A", "grpc/doctor.ts"),
    `Deno ${Deno.version.deno}: nothing is known against it`,
  );
});

peerTest(
  "doctor runs on Node",
  { peer: "Node", found: await installedNode() },
  async (node) => {
    const folder = await Deno.makeTempDir({ prefix: "oprc-doctor-" });
    try {
      const file = `${folder}/doctor.mjs`;
      await output(Deno.execPath(), "bundle", "--quiet", "-o", file, "grpc/doctor.ts");
      assertFit(await output(node, file), "Node ");
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);

for (
  const [way, ended] of [
    ["code", "the process ended with exit code 3 (what is wrong)"],
    ["signal", "the process ended by SIGKILL (what is wrong)"],
  ] as const
) {
  Deno.test(`doctor calls a runtime unsafe whose process ends by a ${way}`, async () => {
    Deno.env.set("DOCTOR_TEST", way);
    const end = await runChild(new URL("testdata/doctor_child.ts", import.meta.url).href, 1);
    Deno.env.delete("DOCTOR_TEST");
    assertEquals(judgeEnd(end), { verdict: "unsafe", text: `Under load: ${ended}` });
  });
}
