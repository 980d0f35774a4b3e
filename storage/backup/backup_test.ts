import { assert, assertEquals, assertMatch } from "@std/assert";
import { peerTest } from "../../tests/_peers.ts";
import { aDeployment, aPackage, aRuntime, aStatus } from "../_testing.ts";
import { denoKvStorageFactory, denoKvStore } from "../deno_kv/mod.ts";
import { etcdPeer, startEtcd } from "../etcd/_testing.ts";
import { etcdStorageFactory, etcdStore } from "../etcd/mod.ts";
import { memoryStorageFactory, type StorageFactory } from "../factory.ts";
import { listAll, put } from "../helpers.ts";
import type { KeyValueStore } from "../port.ts";
import { bytes, noise } from "../testing/_case.ts";
import { importEntries } from "../transfer.ts";
import { runBackup } from "./main.ts";

interface Ran {
  readonly code: number;
  readonly log: string;
  readonly error: string;
}

async function run(...args: string[]): Promise<Ran> {
  const [log, error]: [string[], string[]] = [[], []];
  const code = await runBackup(args, {
    log: (line) => log.push(line),
    error: (line) => error.push(line),
  });
  return { code, log: log.join("\n"), error: error.join("\n") };
}

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "oprc-backup-test-" });
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Records of every kind, a large value, and what is no part of a backup. */
async function fill(storage: StorageFactory): Promise<void> {
  const deployments = storage.createDeploymentStorage();
  for (let i = 0; i < 200; i++) {
    await storage.createPackageStorage().storePackage(aPackage(`p${i}`, { disabled: i % 2 === 0 }));
  }
  await deployments.storeDeployment(aDeployment("d", { targetClusters: ["eu"] }));
  await deployments.saveClusterMapping("d", "eu", "u1");
  await deployments.saveDeploymentStatus(aStatus("u1", "DEPLOYED"));
  await storage.createRuntimeStorage().storeRuntime(aRuntime("i1"));
  await put(storage.store, "/oaas/large", noise(1024 * 1024, 1));
  await put(storage.store, "/oaas-other", bytes("beside"));
  await put(storage.store, "/oaas/locks/leader", bytes("{}"));
}

/** All that a backup has, as texts that can be compared. */
async function contents(store: KeyValueStore): Promise<string[]> {
  const found: string[] = [];
  for await (const { key, value } of listAll(store, "/oaas/")) {
    if (key.startsWith("/oaas/locks/")) continue;
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(value)));
    found.push(`${key} ${value.length} ${digest.toHex()}`);
  }
  return found;
}

async function files(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
}

peerTest("runBackup() from etcd to a file to Deno KV to memory ends equal", etcdPeer, async () => {
  await using cluster = await startEtcd();
  await inFolder(async (folder) => {
    const [etcd] = cluster.endpoints;
    const wanted = await (async () => {
      const storage = await etcdStorageFactory({ endpoints: [etcd!] });
      await fill(storage);
      const found = await contents(storage.store);
      await storage[Symbol.asyncDispose]();
      return found;
    })();
    assertEquals(wanted.length, 205);
    const file = `${folder}/backup.jsonl`;
    const exported = await run("--from", `etcd:${etcd}`, "--to", `file:${file}`);
    assertEquals(exported, { code: 0, log: `205 entries written to ${file}`, error: "" });
    const path = `${folder}/new/oaas.db`;
    const imported = await run(`--from=file:${file}`, `--to=deno-kv:${path}`);
    assertEquals(imported, { code: 0, log: "205 entries written to deno-kv", error: "" });
    await using memory = memoryStorageFactory();
    const kv = await denoKvStore({ path });
    assertEquals(await contents(kv), wanted);
    assertEquals(await kv.get("/oaas-other"), undefined);
    await kv[Symbol.asyncDispose]();
    const second = `${folder}/second.jsonl`;
    assertEquals((await run("--from", `deno-kv:${path}`, "--to", `file:${second}`)).code, 0);
    assertEquals(await Deno.readTextFile(second), await Deno.readTextFile(file));
    const lines = (await Deno.readTextFile(second)).split("\n");
    assertEquals(await importEntries(memory.store, lines), 205);
    assertEquals(await contents(memory.store), wanted);
    // And back, without a file, to another place in the cluster.
    const back = ["--from", `deno-kv:${path}`, "--to", `etcd:${etcd}`];
    const refused = await run(...back);
    assertEquals(refused.code, 1);
    assertMatch(refused.error, /^Cannot write key "\/oaas\/.*": it is there, and --replace isn't/);
    assertEquals((await run(...back, "--to-key-prefix", "/copy")).code, 0);
    await using store = await etcdStore({ endpoints: [etcd!] });
    assertEquals((await store.list("/copy/packages/")).entries.length, 200);
    assertEquals((await run(...back, "--replace")).code, 0);
    assertEquals(await contents(store), wanted);
    assertEquals(await files(folder), ["backup.jsonl", "new", "second.jsonl"]);
  });
});

Deno.test("runBackup() makes an export that is complete or not there, and replaces a file only if told to", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/oaas.db`;
    const storage = await denoKvStorageFactory({ path });
    await fill(storage);
    await storage[Symbol.asyncDispose]();
    const args = ["--from", `deno-kv:${path}`, "--to", `file:${folder}/backup`];
    await Deno.writeTextFile(`${folder}/backup`, "mine");
    const refused = await run(...args);
    assertEquals(refused.code, 1);
    assertMatch(refused.error, /backup": there is such a file, and --replace isn't given$/);
    assertEquals(await Deno.readTextFile(`${folder}/backup`), "mine");
    assertEquals((await run(...args, "--replace")).code, 0);
    assertEquals((await Deno.stat(`${folder}/backup`)).mode! & 0o777, 0o600);
    const missing = await run("--from", `deno-kv:${folder}/no.db`, "--to", `file:${folder}/b`);
    assertEquals(missing.code, 1);
    assertMatch(missing.error, /^Cannot open Deno KV at ".*no\.db": there is no such file$/);
    const nowhere = await run("--from", `deno-kv:${path}`, "--to", `file:${folder}/no/b`);
    assertEquals(nowhere.code, 1);
    assertMatch(nowhere.error, /ENOENT/);
    assertEquals((await files(folder)).filter((name) => !name.startsWith("oaas.db")), ["backup"]);
  });
});

Deno.test("runBackup() writes nothing of what is damaged", async () => {
  await inFolder(async (folder) => {
    const [file, path] = [`${folder}/backup`, `${folder}/oaas.db`];
    const head = '{"oprc-storage":1,"prefix":"/oaas/"}';
    const entries = Array.from({ length: 200 }, (_, i) => `{"key":"${i}","value":"MQ=="}`);
    const large = `{"key":"l","value":"${"A".repeat(1_398_104)}"}`;
    for (
      const [lines, why] of [
        [["nothing of the kind"], /line 1: it is no JSON$/],
        [[], /cut short, it has no last line$/],
        [[head, ...entries], /cut short, it has no last line$/],
        [[head, ...entries.slice(0, 150), '{"key":"15'], /line 152: it is no JSON$/],
        [[head, ...entries, '{"entries":201}'], /it has 200 entries, not 201$/],
        [['{"oprc-storage":2,"prefix":"/"}'], /line 1: .* of format 2, .* reads format 1$/],
        [
          [head, ...entries, '{"key":"a b","value":""}', '{"entries":201}'],
          /line 202: .*"\/oaas\/a b"/,
        ],
        [
          [head, ...entries, entries[0]!, '{"entries":201}'],
          /line 202: .*"\/oaas\/0" a second time/,
        ],
        [[head, ...entries, large, '{"entries":201}'], /line 202: .* are more than 1048576$/],
      ] as const
    ) {
      await Deno.writeTextFile(file, lines.join("\n"));
      const { code, error } = await run("--from", `file:${file}`, "--to", `deno-kv:${path}`);
      assertEquals(code, 1);
      assertMatch(error, why);
      // Not even opened.
      assertEquals(await files(folder), ["backup"]);
    }
    await Deno.writeTextFile(file, [head, ...entries, '{"entries":200}'].join("\r\n"));
    const kv = await denoKvStore({ path });
    await put(kv, "/oaas/150", bytes("old"));
    await kv[Symbol.asyncDispose]();
    const refused = await run("--from", `file:${file}`, "--to", `deno-kv:${path}`);
    assertMatch(refused.error, /^Cannot write key "\/oaas\/150": it is there/);
    const found = await denoKvStore({ path });
    assertEquals((await found.list("")).entries.length, 1);
    await found[Symbol.asyncDispose]();
    assertEquals(
      (await run("--from", `file:${file}`, `--to=deno-kv:${path}`, "--replace")).code,
      0,
    );
  });
});

Deno.test("runBackup() tells what is wrong with arguments, and nothing secret of them", async () => {
  const store = ["--from", "deno-kv:a"];
  const cases: [string[], RegExp][] = [
    [[], /--from is missing$/m],
    [store, /--to is missing$/m],
    [["--from", "redis:x", "--to", "file:x"], /--from "redis:x" is none of file:PATH/],
    [["--from", "file:", "--to", "file:x"], /--from "file:" is none of/],
    [["--from", "file:a", "--to", "file:b"], /one of --from and --to must be a store$/m],
    [[...store, "--to", "deno-kv:a"], /are the same$/m],
    [[...store, "--from", "x"], /--from is given twice$/m],
    [[...store, "--to"], /--to takes a value$/m],
    [[...store, "--to", "--replace"], /--to takes a value$/m],
    [[...store, "--verbose"], /there is no option --verbose$/m],
    [[...store, "s3cret"], /argument 3 is no option$/m],
    [[...store, "--password=s3cret"], /a password is no argument/],
    [[...store, "--to-password", "s3cret"], /a password is no argument/],
    [[...store, "--to", "http://u:s3cret@h"], /--to "http:\/\/\.\.\.@h" is none/],
    [[...store, "--to", "file:b", "--to-username", "u"], /--to-username is for etcd/],
    [[...store, "--to", "file:b", "--to-key-prefix", "/x"], /--to-key-prefix is for a store/],
    [["--from=file:a", "--to=deno-kv:b", "--key-prefix=/x"], /--key-prefix is for a store/],
    [[...store, "--to=etcd:http://h", "--to-password-file=x"], /takes --to-username$/m],
    [["--from=etcd:http://h", "--to=file:b", "--from-username=u"], /takes a password in OPRC_FROM/],
    [["--from=etcd:http://h", "--to=file:b", "--from-ca=/no/such"], /--from-ca .* ENOENT$/m],
  ];
  for (const [args, why] of cases) {
    const { code, log, error } = await run(...args);
    assertEquals([code, log], [2, ""], args.join(" "));
    assertMatch(error, why);
    assert(!/s3cret/.test(error));
  }
  // Of a place that can't be reached, the user's name and password stay out too.
  const url = "etcd:http://u:s3cret@127.0.0.1:1";
  const { code, error } = await run("--from", url, "--to", "file:/no/such/b");
  assertEquals(code, 1);
  assert(!/s3cret/.test(error), error);
  const help = await run("--help");
  assertEquals(help.code, 0);
  assertMatch(help.log, /--from-password-file PATH/);
});

peerTest(
  "runBackup() takes the password of a cluster with users from a variable or a file",
  etcdPeer,
  async () => {
    await using cluster = await startEtcd();
    await cluster.call("auth/user/add", { name: "root", password: "s3cret" });
    await cluster.call("auth/role/add", { name: "root" });
    await cluster.call("auth/user/grant", { user: "root", role: "root" });
    await cluster.call("auth/enable", {});
    await inFolder(async (folder) => {
      const endpoint = cluster.endpoints[0]!;
      const store = await etcdStore({
        endpoints: [endpoint],
        credentials: { username: "root", password: "s3cret" },
      });
      await put(store, "/oaas/a", bytes("1"));
      await store[Symbol.asyncDispose]();
      const args = ["--from", `etcd:${endpoint}`, "--from-username", "root"];
      await Deno.writeTextFile(`${folder}/password`, "s3cret\n");
      const to = ["--to", `file:${folder}/backup`, "--replace"];
      const ok = { code: 0, log: `1 entries written to ${folder}/backup`, error: "" };
      const file = ["--from-password-file", `${folder}/password`];
      assertEquals(await run(...args, ...to, ...file), ok);
      Deno.env.set("OPRC_FROM_PASSWORD", "s3cret");
      try {
        assertEquals(await run(...args, ...to), ok);
        Deno.env.set("OPRC_FROM_PASSWORD", "wr0ng");
        const denied = await run(...args, ...to);
        assertEquals(denied.code, 1);
        assert(!/wr0ng/.test(denied.error), denied.error);
      } finally {
        Deno.env.delete("OPRC_FROM_PASSWORD");
      }
    });
  },
);

Deno.test("runBackup() runs as a program", async () => {
  const program = new URL("./main.ts", import.meta.url).pathname;
  const output = async (...args: string[]) => {
    const command = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--unstable-kv", program, ...args],
      stdout: "piped",
      stderr: "piped",
    });
    const { code, stdout, stderr } = await command.output();
    return {
      code,
      stdout: new TextDecoder().decode(stdout),
      stderr: new TextDecoder().decode(stderr),
    };
  };
  const help = await output("--help");
  assertEquals([help.code, help.stderr], [0, ""]);
  assertMatch(help.stdout, /^Copies what is under a key prefix/);
  const wrong = await output("--from", "x");
  assertEquals([wrong.code, wrong.stdout], [2, ""]);
  assertMatch(wrong.stderr, /^Cannot back up: --from "x" is none of/);
});
