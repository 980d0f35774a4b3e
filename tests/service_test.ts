/** The Package Manager as a process: its configuration, its endpoints, its end. */
import { PackageClient } from "@oprc/grpc";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { root } from "../_tools/_workspace.ts";
import { startProcess } from "../examples/common/process.ts";
import { installed, peerTest } from "./_peers.ts";
import { eventually, smallPackage } from "./_platform.ts";

const memory = { "storage.type": "memory" };

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("each layer of the configuration overrides the one below it", () =>
  inFolder(async (cwd) => {
    const configDir = `${cwd}/config`;
    await Deno.mkdir(configDir);
    // Names show which layer won; each layer sets one name less than the one below.
    const layer = (name: string, keys: string) =>
      `clusters:\n` + [...keys].map((key) => `  ${key}: {url: "http://${name}:1"}\n`).join("");
    await Deno.writeTextFile(
      `${configDir}/default.yaml`,
      `service_name: layers\n${layer("default", "abcde")}`,
    );
    await Deno.writeTextFile(`${configDir}/staging.yaml`, layer("staging", "bcde"));
    await Deno.writeTextFile(
      `${cwd}/.env`,
      ["C", "D", "E"].map((key) => `OAAS_CLUSTERS__${key}__URL=http://dotenv:1\n`).join(""),
    );
    await using service = await startProcess({
      service: "package_manager",
      cwd,
      configDir,
      env: {
        OAAS_ENV: "staging",
        OAAS_CLUSTERS__D__URL: "http://variable:1",
        OAAS_CLUSTERS__E__URL: "http://variable:1",
      },
      set: { ...memory, "clusters.e.url": "http://argument:1" },
    });
    // What a cluster's URL is shows in the reason why it can't be reached.
    await using client = PackageClient.connect(service.url);
    await client.createPackage(smallPackage("things"));
    for (
      const [cluster, host] of Object.entries({
        a: "default",
        b: "staging",
        c: "dotenv",
        d: "variable",
        e: "argument",
      })
    ) {
      const error = await client.deployClass({
        packageName: "things",
        classKey: "thing",
        targetEnv: "test",
        targetClusters: [cluster],
      }).then(() => undefined, (error: Error) => error);
      assertMatch(error!.message, new RegExp(`\\b${cluster}: .*\\b${host}\\b`));
    }
  }));

Deno.test("metrics, health and logs tell what the service does", () =>
  inFolder(async (cwd) => {
    await using service = await startProcess({ service: "package_manager", cwd, set: memory });
    await using client = PackageClient.connect(service.url);
    await client.createPackage(smallPackage("a"));
    await client.createPackage(smallPackage("A B")).catch(() => {});
    const get = async (path: string) => {
      const answer = await fetch(`${service.metricsUrl}${path}`);
      return [answer.status, await answer.text()] as const;
    };
    const [status, metrics] = await get("/metrics");
    assertEquals(status, 200);
    const line = (code: string) =>
      new RegExp(
        `^package_manager_requests_total\\{(?=.*method="/oaas.package.PackageService/CreatePackage")` +
          `(?=.*code="${code}").*\\} 1$`,
        "m",
      );
    assertMatch(metrics, line("ok"));
    assertMatch(metrics, line("invalid_argument"));
    for (const path of ["/healthz", "/readyz", "/startupz"]) {
      assertEquals((await get(path))[0], 200);
    }
    assertEquals(await service.stop("SIGTERM"), 0);
    const lines = service.log().trim().split("\n").map((line) => JSON.parse(line));
    assertEquals(lines.map(({ message }) => message), ["listening", "call failed", "stopping"]);
    assertEquals(lines[1].fields.code, "invalid_argument");
  }));

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test(`${signal} lets a call in flight end, then exits 0`, () =>
    inFolder(async (cwd) => {
      // A cluster that takes the connection and never answers holds the call for a second.
      const mute = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      const accepted = mute.accept();
      await using service = await startProcess({
        service: "package_manager",
        cwd,
        set: { ...memory, cluster_timeout_ms: 1000 },
        env: {
          OAAS_CLUSTERS: JSON.stringify({ mute: { url: `http://127.0.0.1:${mute.addr.port}` } }),
        },
      });
      await using client = PackageClient.connect(service.url);
      await client.createPackage(smallPackage("things"));
      const call = client.deployClass({
        packageName: "things",
        classKey: "thing",
        targetEnv: "test",
        targetClusters: ["mute"],
      }).then(() => undefined, (error: Error) => error);
      const connection = await accepted;
      const code = service.stop(signal);
      await eventually(() => Promise.resolve(service.log()), (log) => log.includes("stopping"));
      // The metrics port answers for as long as the call is in flight.
      const ready = await fetch(`${service.metricsUrl}/readyz`);
      await ready.body?.cancel();
      assertEquals(ready.status, 503);
      // The call got its own answer, not a cut connection.
      assertStringIncludes((await call)!.message, "mute: ");
      assertEquals(await code, 0);
      connection.close();
      mute.close();
    }));
}

Deno.test("a second signal ends the service at once", () =>
  inFolder(async (cwd) => {
    const mute = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const accepted = mute.accept();
    await using service = await startProcess({
      service: "package_manager",
      cwd,
      set: { ...memory, cluster_timeout_ms: 60_000 },
      env: { OAAS_CLUSTERS: `{"mute":{"url":"http://127.0.0.1:${mute.addr.port}"}}` },
    });
    await using client = PackageClient.connect(service.url);
    await client.createPackage(smallPackage("things"));
    const call = client.deployClass({
      packageName: "things",
      classKey: "thing",
      targetEnv: "test",
      targetClusters: ["mute"],
    }).catch((error: Error) => error);
    const connection = await accepted;
    const first = service.stop("SIGTERM");
    await eventually(() => Promise.resolve(service.log()), (log) => log.includes("stopping"));
    assertEquals(await service.stop("SIGTERM"), 130);
    assertEquals(await first, 130);
    assert(await call instanceof Error);
    connection.close();
    mute.close();
  }));

peerTest(
  "the TLS section of the configuration is what the port speaks",
  { peer: "openssl", found: await installed("openssl", "version") },
  (openssl) =>
    inFolder(async (cwd) => {
      const made = await new Deno.Command(openssl, {
        // deno-fmt-ignore
        args: ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", "key.pem",
          "-out", "cert.pem", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
        cwd,
        stderr: "piped",
      }).output();
      assert(made.success, new TextDecoder().decode(made.stderr));
      await using service = await startProcess({
        service: "package_manager",
        cwd,
        set: { ...memory, "server.tls.cert_file": "cert.pem", "server.tls.key_file": "key.pem" },
      });
      const endpoint = `https://localhost:${new URL(service.url).port}`;
      const ca = await Deno.readTextFile(`${cwd}/cert.pem`);
      await using client = PackageClient.connect(endpoint, { tls: { ca } });
      assertEquals(await client.createPackage(smallPackage("a")), "a");
      await using plain = PackageClient.connect(service.url);
      const refusal = await plain.getPackage("a").then(() => undefined, (error: Error) => error);
      assert(refusal !== undefined, "plaintext was answered on a TLS port");
    }),
);

peerTest(
  "the README's commands for a second terminal answer as it says",
  { peer: "curl", found: await installed("curl", "--version") },
  (_curl) =>
    inFolder(async (cwd) => {
      const readme = await Deno.readTextFile(new URL("README.md", root));
      const section = readme.slice(readme.indexOf("## A Package Manager that keeps running"));
      const commands = [...section.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, text]) => text!)
        .filter((text) => !text.startsWith("deno task start"));
      assertEquals(commands.length, 2);
      await using service = await startProcess({ service: "package_manager", cwd, set: memory });
      const script = commands.join("\n")
        .replaceAll("http://127.0.0.1:8080", service.url)
        .replaceAll("http://127.0.0.1:9090", service.metricsUrl)
        .replace(
          /^deno task apply .*$/gm,
          `"$DENO" task --quiet apply --endpoint ${service.url} $&`,
        )
        .replaceAll("deno task apply ", "");
      const { stdout, stderr } = await new Deno.Command("sh", {
        args: ["-c", script],
        cwd: root,
        env: { DENO: Deno.execPath() },
      }).output();
      const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
      assertStringIncludes(said, "package images 2.0.1 is stored");
      assertStringIncludes(said, "package video 0.9.0 is stored");
      assertMatch(said, /"totalCount":2/);
      assertMatch(said, /ok$/m);
      // No cluster runs here, and the answer says so; the deployment waits for it.
      assertMatch(said, /"code":"unavailable".*local: /);
      assertMatch(said, /"key":"images\.image\.staging"/);
    }),
);
