/** What a person or a caller can get wrong, tried on the real programs. */
import { Code, ConnectError } from "@connectrpc/connect";
import { PackageClient } from "@oprc/grpc";
import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { root } from "../_tools/_workspace.ts";
import { type ProcessOptions, StartError, startProcess } from "../examples/common/process.ts";
import { manager, smallPackage } from "./_platform.ts";

/** What a Package Manager says that must not start. */
async function startRefusal(options: Partial<ProcessOptions>): Promise<string> {
  const cwd = await Deno.makeTempDir();
  try {
    const error = await assertRejects(
      () => startProcess({ service: "package_manager", cwd, ...options }),
      StartError,
    );
    assertEquals(error.code, 1);
    assert(!/^\s+at /m.test(error.message), `a stack is no reason: ${error.message}`);
    return error.message;
  } finally {
    await Deno.remove(cwd, { recursive: true });
  }
}

async function withConfig(files: Record<string, string>, env = {}): Promise<string> {
  const configDir = await Deno.makeTempDir();
  try {
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(`${configDir}/${name}`, text);
    }
    return (await startRefusal({ configDir, env })).replaceAll(configDir, "config");
  } finally {
    await Deno.remove(configDir, { recursive: true });
  }
}

Deno.test("an unknown storage type names the key, the value, the place and the known ones", async () => {
  const said = await withConfig({ "default.yaml": "service_name: pm\nstorage:\n  type: redis\n" });
  assertMatch(said, /config\/default\.yaml:3:9: storage\.type: .*"redis"/);
  assertMatch(said, /memory.*deno-kv.*etcd/);
});

Deno.test("an etcd that can't be reached is one error in time, with its endpoint", async () => {
  const said = await startRefusal({
    set: {
      "storage.type": "etcd",
      "storage.etcd.endpoints": "http://127.0.0.1:1",
      "storage.etcd.timeout_ms": 300,
    },
  });
  assertMatch(said, /etcd at http:\/\/127\.0\.0\.1:1 .*within 300 ms: .*ECONNREFUSED/);
});

Deno.test("malformed YAML names file, line and column", async () => {
  const said = await withConfig({ "default.yaml": "service_name: pm\nserver: {port: 80\n" });
  assertMatch(said, /config\/default\.yaml:\d+:\d+: /);
});

Deno.test("a file that can't be read is named", async () => {
  const configDir = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${configDir}/default.yaml`);
    const said = await startRefusal({ configDir });
    assertStringIncludes(said, `${configDir}/default.yaml`);
  } finally {
    await Deno.remove(configDir, { recursive: true });
  }
});

Deno.test("an unknown key gets a suggestion, in a file and in a variable", async () => {
  const said = await withConfig(
    { "default.yaml": "service_name: pm\nserver:\n  prot: 80\n" },
    { OAAS_STORAGE__PATHS: "x" },
  );
  assertMatch(said, /config\/default\.yaml:3:3: server\.prot: .*server\.port|port/);
  assertMatch(said, /OAAS_STORAGE__PATHS: .*OAAS_STORAGE__PATH\b/);
});

Deno.test("a port in use names host and port", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  try {
    for (const key of ["server.port", "observability.metrics_port"]) {
      const said = await startRefusal({ set: { [key]: listener.addr.port } });
      assertStringIncludes(said, `127.0.0.1:${listener.addr.port}`);
      assertMatch(said, /in use/);
    }
  } finally {
    listener.close();
  }
});

Deno.test("a store that can't be opened names the file", async () => {
  const said = await startRefusal({ set: { "storage.path": "/dev/null/pm.kv" } });
  assertStringIncludes(said, "/dev/null/pm.kv");
});

Deno.test("a package file that doesn't exist is named, and others are still created", async () => {
  await using pm = await manager();
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "task",
      "--quiet",
      "apply",
      "examples/packages/none.yaml",
      "examples/packages/wrong.yaml",
      "examples/packages/record_store.yaml",
      "--endpoint",
      pm.url,
    ],
    cwd: root,
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assertEquals(code, 1);
  assertMatch(err!, /^Cannot read examples\/packages\/none\.yaml: no such file$/m);
  assertMatch(err!, /^examples\/packages\/wrong\.yaml:2:7 {2}InvalidName {2}name is "Shop Front"/m);
  assertEquals(out, "examples/packages/record_store.yaml: package records 1.2.0 is stored\n");
  assertEquals((await pm.packages.listPackages()).packages.map((p) => p.name), ["records"]);
});

Deno.test("a Package Manager that isn't there is named", async () => {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "task",
      "--quiet",
      "apply",
      "examples/packages/record_store.yaml",
      "--endpoint",
      "http://127.0.0.1:1",
    ],
    cwd: root,
  }).output();
  const err = new TextDecoder().decode(stderr);
  assertEquals(code, 1);
  assertMatch(err, /record_store\.yaml: \[unavailable\] .*127\.0\.0\.1:1/);
});

Deno.test("an unknown RPC is UNIMPLEMENTED and named", async () => {
  await using pm = await manager();
  const answer = await fetch(`${pm.url}/oaas.package.PackageService/PaintPackage`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
  });
  assertEquals(answer.status, 404);
  const { code, message } = await answer.json();
  assertEquals(code, "unimplemented");
  assertStringIncludes(message, "/oaas.package.PackageService/PaintPackage");
});

for (const protocol of ["grpc", "grpc-web", "connect"] as const) {
  Deno.test(`a 5 MiB package is RESOURCE_EXHAUSTED over ${protocol}, and the next call is served`, async () => {
    await using pm = await manager();
    await using client = PackageClient.connect(pm.url, { protocol });
    const huge = smallPackage("huge", { metadata: { description: "x".repeat(5 * 1024 * 1024) } });
    const error = await assertRejects(() => client.createPackage(huge), ConnectError);
    assertEquals(Code[error.code], "ResourceExhausted");
    assertStringIncludes(error.rawMessage, String(4 * 1024 * 1024));
    assertEquals((await client.listPackages()).totalCount, 0);
  });
}
