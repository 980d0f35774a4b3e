/** The services' configuration: where it may come from, and how it changes under a running service. */
import { PackageClient } from "@oprc/grpc";
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import {
  type ProcessOptions,
  type ServiceProcess,
  StartError,
  startProcess,
} from "../examples/common/process.ts";
import { etcdPeer, startEtcd } from "../storage/etcd/_testing.ts";
import { makeCertificates } from "../storage/etcd/_certificates.ts";
import { peerTest } from "./_peers.ts";
import { eventually, smallPackage } from "./_platform.ts";

/** A folder with `config/default.yaml` of a Package Manager in memory, and more. */
async function inFolder(
  test: (
    folder: string,
    start: (options?: Partial<ProcessOptions>) => Promise<ServiceProcess>,
  ) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const configDir = `${folder}/config`;
  try {
    await Deno.mkdir(configDir);
    await Deno.writeTextFile(`${configDir}/default.yaml`, YAML);
    await test(
      folder,
      (options) => startProcess({ service: "package_manager", cwd: folder, configDir, ...options }),
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const YAML = "service_name: pm\nstorage: {type: memory}\n";

interface Line {
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** What was logged so far, in lines that are whole. */
const linesOf = (service: ServiceProcess): Line[] =>
  service.log().split("\n").slice(0, -1).map((line) => JSON.parse(line));

/** The next line with that message, from `from` on. */
async function lineOf(service: ServiceProcess, message: string, from = 0): Promise<Line> {
  const find = () => linesOf(service).slice(from).find((line) => line.message === message);
  return (await eventually(() => Promise.resolve(find()), (line) => line !== undefined))!;
}

/** Makes a call that is refused, of which `info` and below tell in the log. */
async function assertLogs(service: ServiceProcess, tells: boolean): Promise<void> {
  const from = linesOf(service).length;
  await using client = PackageClient.connect(service.url);
  await client.createPackage(smallPackage("A B")).catch(() => {});
  if (tells) await lineOf(service, "call failed", from);
  else {
    // What is logged is read in its own time; too little of it would only miss a fault.
    await new Promise((resolve) => setTimeout(resolve, 100));
    const told = linesOf(service).slice(from).filter(({ message }) => message === "call failed");
    assertEquals(told, []);
  }
}

const level = (name: string) => `${YAML}observability: {log_level: ${name}}\n`;

Deno.test("a log level that changes in a file is taken, a wrong one is reported and changes nothing", () =>
  inFolder(async (folder, start) => {
    const file = `${folder}/config/default.yaml`;
    await Deno.writeTextFile(file, level('"info,pm.grpc=off"'));
    await using service = await start();
    await assertLogs(service, false);

    await Deno.writeTextFile(file, level("info"));
    const changed = await lineOf(service, "the configuration changed");
    assertEquals(changed.fields, { taken: ["observability.log_level"], waiting: [] });
    await assertLogs(service, true);

    await Deno.writeTextFile(file, level("loud"));
    const wrong = await lineOf(service, "the configuration is wrong now, the last one stays");
    const [problem] = wrong.fields.problems as string[];
    assertMatch(problem!, /default\.yaml:3:28: observability\.log_level: .*"loud"/);
    await assertLogs(service, true);

    const from = linesOf(service).length;
    await Deno.writeTextFile(file, `${level("info")}cluster_timeout_ms: 1s\n`);
    const later = await lineOf(service, "the configuration changed", from);
    assertEquals(later.fields, { taken: [], waiting: ["cluster_timeout_ms"] });
    assertEquals(await service.stop("SIGTERM"), 0);
  }));

peerTest(
  "settings in etcd go above the files, and reach running services when they change",
  etcdPeer,
  () =>
    inFolder(async (_, start) => {
      await using etcd = await startEtcd();
      const put = (path: string, value: string) =>
        etcd.call("kv/put", { key: btoa(`/oaas/config/pm/${path}`), value: btoa(value) });
      await put("observability.log_level", "off");
      const set = {
        "storage.type": "etcd",
        "storage.etcd.endpoints": etcd.endpoints.join(","),
      };
      await using service = await start({ set });
      await assertLogs(service, false);

      await put("observability.log_level", "info");
      await lineOf(service, "the configuration changed");
      await assertLogs(service, true);

      await put("observability.log_level", "loud");
      const wrong = await lineOf(service, "the configuration is wrong now, the last one stays");
      const [problem] = wrong.fields.problems as string[];
      assertMatch(problem!, /^etcd \/oaas\/config\/pm\/ observability\.log_level: .*"loud"/);

      // What leads to the store can't stand in it, neither now nor at a start.
      await put("observability.log_level", "info");
      await put("storage.type", "memory");
      const said = () => Promise.resolve(service.log());
      await eventually(said, (log) => log.includes("storage.type names a setting that must be"));
      assertEquals(await service.stop("SIGTERM"), 0);
      const error = await assertRejects(() => start({ set }), StartError);
      assertMatch(error.message, /\/oaas\/config\/pm\/storage\.type names a setting that must be/);
    }),
);

peerTest(
  "etcd is reached by mutual TLS with the files that the configuration names",
  etcdPeer,
  () =>
    inFolder(async (folder, start) => {
      await makeCertificates(folder);
      await using etcd = await startEtcd({
        tls: true,
        args: [
          `--cert-file=${folder}/named.pem`,
          `--key-file=${folder}/named.key`,
          "--client-cert-auth",
          `--trusted-ca-file=${folder}/ca.pem`,
        ],
      });
      const tls = (section: string, timeout = "5s") =>
        Deno.writeTextFile(
          `${folder}/config/default.yaml`,
          `service_name: pm\nstorage:\n  type: etcd\n  etcd:\n    endpoints: ${
            JSON.stringify(etcd.endpoints)
          }\n    timeout_ms: ${timeout}\n    tls: ${section}\n`,
        );
      const mine = "ca_file: ca.pem, cert_file: client.pem, key_file: client.key";
      await tls(`{${mine}, server_name: etcd.test}`);
      await using service = await start();
      await using client = PackageClient.connect(service.url);
      assertEquals(await client.createPackage(smallPackage("a")), "a");
      assertEquals(await service.stop("SIGTERM"), 0);

      const refusal = async (section: string) => {
        await tls(section, "600ms");
        return (await assertRejects(() => start(), StartError)).message;
      };
      // Each of the four counts: the name, the authority, the certificate and its key.
      assertMatch(await refusal(`{${mine}}`), /127\.0\.0\.1/);
      assertMatch(
        await refusal(`{${mine.replace("ca.pem", "stranger.pem")}, server_name: etcd.test}`),
        /etcd at https:/,
      );
      assertMatch(await refusal("{ca_file: ca.pem, server_name: etcd.test}"), /etcd at https:/);
      assertMatch(
        await refusal(`{${mine.replace("client.key", "server.key")}}`),
        /storage\.etcd\.tls\.key_file: names a private key that doesn't belong/,
      );
      assertMatch(await refusal("{ca_file: none.pem}"), /tls\.ca_file: names no file that exists/);
    }),
);

Deno.test("RUST_LOG goes above files, and below OAAS_OBSERVABILITY__LOG_LEVEL and arguments", () =>
  inFolder(async (folder, start) => {
    await Deno.writeTextFile(`${folder}/config/default.yaml`, level("info"));
    const RUST_LOG = "off";
    const variable = { OAAS_OBSERVABILITY__LOG_LEVEL: "info" };
    const set = { "observability.log_level": "info" };
    for (
      const [options, logs] of [
        [{}, true],
        [{ env: { RUST_LOG } }, false],
        [{ env: { RUST_LOG, ...variable } }, true],
        [{ env: { RUST_LOG }, set }, true],
      ] as const
    ) {
      await using service = await start(options);
      await assertLogs(service, logs);
    }
  }));

Deno.test("the first slips with a configuration are named, with a way on", () =>
  inFolder(async (folder, start) => {
    const refusal = async (options: Partial<ProcessOptions>) => {
      const { code, message } = await assertRejects(() => start(options), StartError);
      assert(!/^\s+at /m.test(message), `a stack is no reason: ${message}`);
      return `${code} ${message.replaceAll(folder, ".")}`;
    };
    const none = `${folder}/none`;
    assertEquals(
      await refusal({ configDir: none }),
      "1 Cannot start: ./none: has no default.yaml and no development.yaml",
    );
    assertEquals(
      await refusal({ env: { OAAS_ENV: "prodution" } }),
      "1 Cannot start: ./config/prodution.yaml: doesn't exist, and the environment is prodution",
    );
    assertEquals(
      await refusal({ set: { "server.port": 0 } }),
      "1 Cannot start: --set server.port: server.port: must be an integer from 1 to 65535, " +
        'found "0"',
    );
    assertEquals(
      await refusal({ set: { "server.prot": 80 } }),
      "1 Cannot start: --set server.prot: server.prot: is not a known setting, " +
        "did you mean server.port?",
    );
    assertEquals(
      await refusal({ args: ["--prot", "80"] }),
      '2 Cannot start: Cannot use the argument "--prot": there are --set, --port, ' +
        "--metrics-port and --help",
    );
    assertEquals(
      await refusal({
        service: "class_runtime_manager",
        set: { cluster: "eu", package_manager_url: "http://127.0.0.1:1", "server.workers": 2 },
      }),
      "1 Cannot start: --set server.workers: server.workers: must be 1: one process runs the " +
        "instances",
    );
    assertEquals(
      await refusal({ env: { OAAS_SECRETS_DIR: none } }),
      "1 Cannot start: ./none: doesn't exist",
    );
  }));

Deno.test("server.workers processes answer on one port, with one page of metrics and one end", () =>
  inFolder(async (folder, start) => {
    const set = { "server.workers": 3, "storage.type": "deno-kv", "storage.path": `${folder}/kv` };
    const refused = await assertRejects(
      () => start({ set: { ...set, "storage.type": "memory" } }),
      StartError,
    );
    assertMatch(refused.message, /server\.workers: is above 1, and processes share no storage/);

    await using service = await start({ set });
    const workers = (await lineOf(service, "listening")).fields.workers as number[];
    assertEquals(new Set(workers).size, 3);
    const create = async (name: string) => {
      await using client = PackageClient.connect(service.url);
      await client.createPackage(smallPackage(name));
    };
    const names = Array.from({ length: 12 }, (_, i) => `p${i}`);
    await Promise.all(names.map(create));
    await using client = PackageClient.connect(service.url);
    assertEquals((await client.listPackages()).totalCount, 12);
    const metric = /^pm_requests_total\{(?=.*CreatePackage)(?=.*code="ok").*\} 12$/m;
    const metrics = await (await fetch(`${service.metricsUrl}/metrics`)).text();
    assertMatch(metrics, metric);
    for (const path of ["/healthz", "/readyz", "/startupz"]) {
      const answer = await fetch(`${service.metricsUrl}${path}`);
      assertEquals([answer.status, (await answer.json()).ok], [200, true]);
    }

    // One that is killed is replaced, and what it had acknowledged is there.
    Deno.kill(workers[0]!, "SIGKILL");
    await eventually(
      () => Promise.resolve(service.log()),
      (log) => log.includes(`Process ${workers[0]} ended by SIGKILL: another in`),
    );
    await using later = PackageClient.connect(service.url);
    assertEquals((await later.listPackages()).totalCount, 12);
    assertEquals(await service.stop("SIGTERM"), 0);
    // All are gone with the first.
    for (const pid of workers) {
      await eventually(
        () => new Deno.Command("kill", { args: ["-0", String(pid)], stderr: "null" }).output(),
        ({ success }) => !success,
      );
    }
  }));

Deno.test("profiles, a secrets directory and arguments make one configuration", () =>
  inFolder(async (folder, start) => {
    const secrets = `${folder}/secrets`;
    await Deno.mkdir(secrets);
    await Deno.writeTextFile(`${secrets}/clusters.eu.url`, "http://secret:1\n");
    const cluster = (name: string) => `clusters: {eu: {url: "http://${name}:1"}}\n`;
    await Deno.writeTextFile(`${folder}/config/production.yaml`, cluster("production"));
    await Deno.writeTextFile(
      `${folder}/config/eu-west.yaml`,
      `${cluster("west")}cluster_timeout_ms: 1s\nservice_name: pm-west\n`,
    );
    await using service = await start({
      env: { OAAS_ENV: "production,eu-west", OAAS_SECRETS_DIR: secrets },
      args: ["--set=service_name=pm-here"],
    });
    await using client = PackageClient.connect(service.url);
    await client.createPackage(smallPackage("things"));
    const error = await assertRejects(() =>
      client.deployClass({
        packageName: "things",
        classKey: "thing",
        targetEnv: "test",
        targetClusters: ["eu"],
      }), Error);
    assertMatch(error.message, /\bsecret\b/);
    assertEquals((await lineOf(service, "listening")).fields.storage, "memory");
    const metrics = await (await fetch(`${service.metricsUrl}/metrics`)).text();
    assertMatch(metrics, /^pm_here_requests_total/m);
  }));
