/** Python's grpcio as a server of our clients, and as a probe of our servers. */
import { assertEquals, assertRejects } from "@std/assert";
import { Code, ConnectError } from "@connectrpc/connect";
import { installed, peerTest } from "../tests/_peers.ts";
import { packageServer } from "./_testing.ts";
import { PackageClient } from "./mod.ts";

async function findPython(): Promise<string | undefined> {
  for (const python of ["/usr/bin/python3", "python3", "python"]) {
    if (await installed(python, "-c", "import grpc")) return python;
  }
  return undefined;
}

const found = await findPython();
const peer = "Python with grpcio (Debian: python3-grpcio)";
const path = (name: string) =>
  decodeURIComponent(new URL(`testdata/${name}`, import.meta.url).pathname);

peerTest("PackageClient calls a server in Python", { peer, found }, async (python) => {
  const child = new Deno.Command(python, {
    args: [path("python_server.py")],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.getReader();
  const port = new TextDecoder().decode((await reader.read()).value).trim();
  const client = PackageClient.connect(`127.0.0.1:${port}`);

  assertEquals((await client.getPackage("abc"))?.name, "abc");
  const refused = await assertRejects(() => client.createPackage({ name: "a" }), ConnectError);
  assertEquals([refused.code, refused.rawMessage], [Code.FailedPrecondition, "naïve 100%: a/b"]);
  assertEquals(refused.metadata.get("x-why-bin"), "AQI");
  // A mebibyte, which this server compresses.
  assertEquals(await client.listPackages(), { packages: [], totalCount: 0 });
  const late = client.deletePackage("a", { timeoutMs: 100 });
  assertEquals((await assertRejects(() => late, ConnectError)).code, Code.DeadlineExceeded);
  const unknown = await assertRejects(
    () => client.deployClass({ packageName: "a" }),
    ConnectError,
  );
  assertEquals(unknown.code, Code.Unimplemented);

  await client.close();
  await child.stdin.close();
  await reader.cancel();
  await child.status;
});

peerTest("Python probes the health and reflection of serve()", { peer, found }, async (python) => {
  const { server } = await packageServer({ getPackage: () => Promise.resolve({}) });
  const { stdout, stderr, success } = await new Deno.Command(python, {
    args: [path("python_probe.py"), `127.0.0.1:${server.addr.port}`],
  }).output();
  const text = new TextDecoder().decode(stdout);
  assertEquals(text.trim().split("\n"), [
    "check 0801",
    "unknown NOT_FOUND no service is named no",
    "watch 0801",
    "reflection True",
    "garbage INTERNAL",
  ], new TextDecoder().decode(stderr));
  assertEquals(success, true);
  await server.shutdown();
});
