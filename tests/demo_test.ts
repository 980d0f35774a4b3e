import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { root } from "../_tools/_workspace.ts";

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function demo(env: Record<string, string> = {}): Promise<Ended> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "demo"],
    cwd: root,
    env,
  }).output();
  const decoder = new TextDecoder();
  return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
}

Deno.test("deno task demo shows the whole story and exits 0", async () => {
  const temp = await Deno.makeTempDir();
  try {
    // A user's own settings must not reach the demo's services.
    const { code, out, err } = await demo({
      TMPDIR: temp,
      OAAS_SERVER__PORT: "1",
      OAAS_ENV: "moon",
    });
    assertEquals(code, 0, err);
    for (const name of ["records", "images", "video", "sensors"]) {
      assertStringIncludes(out, `is stored as ${name}\n`);
    }
    const issues = [...out.matchAll(/^ {2}wrong\.yaml:\d+:\d+ {2}(\w+) /gm)].map(([, code]) =>
      code
    );
    assertEquals(issues, [
      "InvalidName",
      "InvalidVersion",
      "PackageMismatch",
      "UnknownFunction",
      "EmptyField",
      "InvalidResourceRequirement",
    ]);
    assertStringIncludes(out, "INVALID_ARGUMENT with 6 field violations");
    assertMatch(out, /sensors\.thermometer\.production +eu-west +DEPLOYED \(9 instances run\)/);
    assertMatch(out, /sensors\.thermometer\.production +us-east +DEPLOYED \(9 instances run\)/);
    assertMatch(out, /video\.video\.staging +eu-west +DEPLOYED \(3 instances run\)/);
    assertEquals(out.match(/ RUNNING +\S+ +\S+ +yes$/gm)?.length, 21);
    assertStringIncludes(out, "nothing is lost");
    assertMatch(out, /^Done with 2 clusters in \d+\.\d s$/m);
    assert(!out.includes("\x1b"), "colours off a terminal");
    assertEquals([...Deno.readDirSync(temp)], [], "the demo left files behind");
  } finally {
    await Deno.remove(temp, { recursive: true });
  }
});

Deno.test("deno task demo exits 1 with the reason when a step fails", async () => {
  // Without a place for temporary folders not even the first step can succeed.
  const { code, err } = await demo({ TMPDIR: "/dev/null" });
  assertEquals(code, 1);
  assertStringIncludes(err, "The demo failed: ");
  assert(!err.includes("    at "), "a stack is no reason");
});
