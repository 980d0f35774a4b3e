import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { listerOf, readerOf } from "./_testing.ts";
import {
  type ConfigEvent,
  ConfigLoader,
  type ConfigLoaderOptions,
  type ConfigWatch,
  integerSchema,
  isConfigError,
  listSchema,
  mapSchema,
  objectSchema,
  type RemoteLayer,
  type StandardSchemaV1,
  stringSchema,
  tlsConfigSchema,
  type WatchOptions,
} from "./mod.ts";

const schema = objectSchema({
  name: stringSchema({ default: "-" }),
  server: objectSchema({ maxConns: integerSchema({ default: 1, min: 1 }) }),
  items: listSchema(integerSchema(), { default: [] }),
  clusters: mapSchema(objectSchema({ url: stringSchema() }), { default: {} }),
  tls: objectSchema({ certFile: stringSchema() }, { optional: true }),
});

/** No timers: the tests look by refresh(). */
const still: WatchOptions = { pollMs: 0, settleMs: 0 };

function loaderOf(files: Record<string, string>, options: ConfigLoaderOptions = {}): ConfigLoader {
  return ConfigLoader.fromEnv({
    env: {},
    readFile: readerOf(files),
    listFiles: listerOf(files),
    ...options,
  });
}

/** The next event in short: the changed paths, or the lines of the error. */
async function nextOf<T>(events: AsyncIterator<ConfigEvent<T>>): Promise<readonly string[]> {
  const { value } = await events.next();
  if (value.type === "changed") return value.paths;
  return [`rejected`, ...value.error.message.split("\n")];
}

const iterate = <T>(watch: ConfigWatch<T>) => watch[Symbol.asyncIterator]();

Deno.test("watch() gives one event with the changed paths, and the new configuration", async () => {
  const files: Record<string, string> = {
    "config/default.yaml": "name: a\nclusters: {eu: {url: x}, us: {url: y}}\nitems: [1]",
  };
  const loader = loaderOf(files);
  await using watch = await loader.watch(schema, still);
  assertEquals(watch.config.name, "a");
  files["config/default.yaml"] = "name: b\nclusters: {eu: {url: z}, ap: {url: y}}\nitems: [1]";
  files["config/development.yaml"] = "server: {max_conns: 2}\ntls: {cert_file: c}";
  await watch.refresh();
  const { value } = await iterate(watch).next();
  assertEquals(value, {
    type: "changed",
    config: watch.config,
    paths: ["name", "server.max_conns", "clusters.eu.url", "clusters.us", "clusters.ap", "tls"],
  });
  assertEquals([watch.config.name, watch.config.server.maxConns], ["b", 2]);
});

Deno.test("watch() keeps the last good configuration, and says what is wrong, once", async () => {
  const files: Record<string, string> = { "config/default.yaml": "name: a" };
  const loader = loaderOf(files);
  await using watch = await loader.watch(schema, still);
  const events = iterate(watch);
  files["config/default.yaml"] = "name: b\nserver: {max_conns: 0}\nnmae: c";
  await watch.refresh();
  await watch.refresh();
  assertEquals(watch.config.name, "a");
  assertEquals(await nextOf(events), [
    "rejected",
    "config/default.yaml:2:21: server.max_conns: must be an integer of at least 1, found 0",
    "config/default.yaml:3:1: nmae: is not a known setting, did you mean name?",
  ]);
  assertEquals((await loader.explain()).values[0]!.value, "a");
  files["config/default.yaml"] = "name: c";
  await watch.refresh();
  assertEquals(await nextOf(events), ["name"]);
  assertEquals((await loader.explain()).values[0]!.value, "c");
});

Deno.test("watch() tells of a rejected configuration that was put back, without paths", async () => {
  const files: Record<string, string> = { "config/default.yaml": "name: a" };
  await using watch = await loaderOf(files).watch(schema, still);
  const events = iterate(watch);
  files["config/default.yaml"] = "name: [";
  await watch.refresh();
  assertEquals((await nextOf(events))[0], "rejected");
  files["config/default.yaml"] = "name: a # as it was";
  await watch.refresh();
  // What comes after it doesn't take the event away.
  files["config/default.yaml"] = "name: a";
  await watch.refresh();
  assertEquals(await nextOf(events), []);
});

Deno.test("watch() says nothing of files that say the same in other words", async () => {
  const files: Record<string, string> = { "config/default.yaml": "name: a\nitems: [1]" };
  await using watch = await loaderOf(files).watch(schema, still);
  files["config/default.yaml"] = "# comment\nitems:\n  - 1\nname: 'a'";
  await watch.refresh();
  files["config/default.yaml"] += "\nserver: {maxConns: 3}";
  await watch.refresh();
  assertEquals(await nextOf(iterate(watch)), ["server.max_conns"]);
});

Deno.test("watch() gives a slow reader several changes as one, and the last rejection only", async () => {
  const files: Record<string, string> = { "config/default.yaml": "name: a" };
  await using watch = await loaderOf(files).watch(schema, still);
  const steps = ["name: b", "name: [", "name: b\nitems: [1]", "name: a\nitems: [1]", "items: x"]
    .concat("items: y");
  for (const text of steps) {
    files["config/default.yaml"] = text;
    await watch.refresh();
  }
  const events = iterate(watch);
  assertEquals(await nextOf(events), ["items"]);
  assertEquals(await nextOf(events), [
    "rejected",
    "config/default.yaml:1:8: items: must be a list, found a string",
  ]);
});

Deno.test("watch() says nothing when a change was taken back before anybody read of it", async () => {
  const files: Record<string, string> = { "config/default.yaml": "name: a" };
  await using watch = await loaderOf(files).watch(schema, still);
  const events = iterate(watch);
  const write = async (...texts: string[]) => {
    for (const text of texts) {
      files["config/default.yaml"] = text;
      await watch.refresh();
    }
  };
  await write("name: b", "name: a", "name: [");
  assertEquals((await nextOf(events))[0], "rejected");
  await write("name: a");
  assertEquals(await nextOf(events), []);
  await write("name: [", "name: a", "items: [1]\nname: a");
  assertEquals(await nextOf(events), ["items"]);
  await write("items: [1]\nname: c");
  assertEquals(await nextOf(events), ["name"]);
  await write("name: [", "items: [1]\nname: d");
  assertEquals(await nextOf(events), ["name"]);
  // Nothing is left to be told, of what was put right least of all.
  await watch[Symbol.asyncDispose]();
  assertEquals(await events.next(), { value: undefined, done: true });
});

Deno.test("watch() follows .env, secrets, files that variables name, and files that settings name", async () => {
  const read = (name: string) =>
    Deno.readTextFileSync(new URL(`./testdata/${name}.pem`, import.meta.url));
  const secret = objectSchema({
    password: stringSchema(),
    token: stringSchema(),
    other: stringSchema({ default: "" }),
    tls: tlsConfigSchema,
  });
  const files: Record<string, string> = {
    ".env": "OAAS_PASSWORD_FILE=/run/pw",
    "/run/pw": "a",
    "/s/token": "b",
    "config/default.yaml": "tls: {cert_file: c, key_file: k}",
    c: read("cert"),
    k: read("key"),
  };
  await using watch = await loaderOf(files, { secretsDir: "/s" }).watch(secret, still);
  const events = iterate(watch);
  files["/run/pw"] = "c";
  await watch.refresh();
  assertEquals(await nextOf(events), ["password"]);
  files["/s/token"] = "d";
  await watch.refresh();
  assertEquals(await nextOf(events), ["token"]);
  files["/s/other"] = "e";
  await watch.refresh();
  assertEquals(await nextOf(events), ["other"]);
  files[".env"] = "OAAS_PASSWORD=f";
  await watch.refresh();
  assertEquals(await nextOf(events), ["password"]);
  files.k = read("other_key");
  await watch.refresh();
  assertEquals(
    (await nextOf(events))[1]!.replace(/.*: /, ""),
    "names a private key that doesn't belong to the certificate",
  );
});

Deno.test("watch() waits until changed files stay as they are", async () => {
  const files: Record<string, string> = { "config/default.yaml": "name: a" };
  const parts = ["name: a", "name: ab", "name: abc\nite", "name: abc\nitems: [1]"];
  let reads = 0;
  const loader = loaderOf(files, {
    readFile: (path) => {
      // Somebody writes the file in three parts while it's looked at.
      if (path === "config/default.yaml") files[path] = parts[Math.min(reads++, 3)]!;
      return readerOf(files)(path);
    },
  });
  await using watch = await loader.watch(schema, still);
  await watch.refresh();
  assertEquals(await nextOf(iterate(watch)), ["name", "items"]);
  assertEquals(watch.config.name, "abc");
});

Deno.test("watch() refuses a configuration that is wrong from the start, and explains it", async () => {
  const loader = loaderOf({ "config/default.yaml": "nmae: a" });
  const error = await assertRejects(() => loader.watch(schema, still));
  assertEquals(isConfigError(error), true);
  assertEquals((await loader.explain()).sources.length, 4);
});

Deno.test("watch() loads only what has changed", async () => {
  let loads = 0;
  const counting: StandardSchemaV1<unknown, unknown> = {
    "~standard": { version: 1, vendor: "test", validate: (value) => ({ value: [value, loads++] }) },
  };
  const files: Record<string, string> = { "config/default.yaml": "name: a", ".env": "A=1" };
  await using watch = await loaderOf(files).watch(counting, still);
  for (let times = 0; times < 3; times++) await watch.refresh();
  assertEquals(loads, 1);
  files[".env"] = "A=2";
  for (let times = 0; times < 3; times++) await watch.refresh();
  assertEquals(loads, 2);
});

Deno.test("watch() takes the schema of another library", async () => {
  const foreign: StandardSchemaV1<unknown, { at: URL }> = {
    "~standard": {
      version: 1,
      vendor: "another",
      validate: (value) => ({ value: { at: new URL((value as { at: string }).at) } }),
    },
  };
  const files: Record<string, string> = { "config/default.yaml": "at: http://a" };
  await using watch = await loaderOf(files).watch(foreign, still);
  files["config/default.yaml"] = "# the same\nat: http://a";
  await watch.refresh();
  files["config/default.yaml"] = "at: http://b\nmore: 1";
  await watch.refresh();
  assertEquals(await nextOf(iterate(watch)), ["at", "more"]);
  assertEquals(watch.config.at.host, "b");
});

Deno.test("watch() ends with its signal, by leaving the loop, and by disposal, more than once", async () => {
  const controller = new AbortController();
  const loader = loaderOf({ "config/default.yaml": "name: a" });
  const first = await loader.watch(schema, { signal: controller.signal });
  const waiting = iterate(first).next();
  controller.abort();
  assertEquals(await waiting, { value: undefined, done: true });
  await assertRejects(() => loader.watch(schema, { signal: controller.signal }), DOMException);
  const files: Record<string, string> = { "config/default.yaml": "name: a" };
  const second = await loaderOf(files).watch(schema, still);
  files["config/default.yaml"] = "name: b";
  await second.refresh();
  for await (const event of second) {
    assertEquals(event.type, "changed");
    break;
  }
  await second[Symbol.asyncDispose]();
  assertEquals(second.config.name, "b");
  files["config/default.yaml"] = "name: c";
  await second.refresh();
  assertEquals(second.config.name, "b");
});

Deno.test("watch() refuses intervals that are none", async () => {
  for (const wrong of [{ pollMs: -1 }, { settleMs: NaN }]) {
    await assertRejects(() => loaderOf({}).watch(schema, wrong), RangeError);
  }
});

Deno.test("watch() follows files on disk, and the swapped links of Kubernetes", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const write = async (version: string, text: string) => {
      await Deno.mkdir(`${folder}/..${version}`);
      await Deno.writeTextFile(`${folder}/..${version}/default.yaml`, text);
      await Deno.symlink(`..${version}`, `${folder}/..new`);
      await Deno.rename(`${folder}/..new`, `${folder}/..data`);
    };
    await write("1", "name: a");
    await Deno.symlink("..data/default.yaml", `${folder}/default.yaml`);
    const loader = new ConfigLoader(folder, "development", { env: {}, envFile: false });
    await using watch = await loader.watch(schema, { pollMs: 5, settleMs: 1 });
    const events = iterate(watch);
    await write("2", "name: b");
    assertEquals(await nextOf(events), ["name"]);
    await Deno.remove(`${folder}/default.yaml`);
    assertEquals(await nextOf(events), [
      "rejected",
      `${folder}: has no default.yaml and no development.yaml`,
    ]);
    await Deno.writeTextFile(`${folder}/development.yaml`, "name: c");
    assertEquals(await nextOf(events), ["name"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** A remote layer that says what the test tells it. */
class Told implements RemoteLayer {
  readonly name = "etcd /oaas/config";
  #states: (Record<string, string> | Error)[] = [];
  #wake = () => {};

  say(state: Record<string, string> | Error): void {
    this.#states.push(state);
    this.#wake();
  }

  async *watch(): AsyncGenerator<Record<string, string>> {
    while (true) {
      const state = this.#states.shift();
      if (state instanceof Error) throw state;
      if (state !== undefined) yield state;
      // Never heeds the signal, as the worst of adapters.
      else await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }
}

Deno.test("watch() follows a remote layer, between the files and the variables", async () => {
  const remote = new Told();
  remote.say({ "server.maxConns": "5", "items": "..., 2", "clusters": '{"eu":{"url":"a"}}' });
  const loader = loaderOf({ "config/default.yaml": "name: a\nitems: [1]" }, {
    env: { OAAS_CLUSTERS__EU__URL: "b" },
  });
  await using watch = await loader.watch(schema, { ...still, remote });
  const events = iterate(watch);
  assertEquals(watch.config, {
    name: "a",
    server: { maxConns: 5 },
    items: [1, 2],
    clusters: { eu: { url: "b" } },
  });
  const { sources, values } = await loader.explain();
  assertEquals(sources.find(({ layer }) => layer === "remote")?.where, "etcd /oaas/config");
  assertEquals(values[1]!.where, "etcd /oaas/config server.maxConns");
  remote.say({ "server.max_conns": "6" });
  assertEquals(await nextOf(events), ["server.max_conns", "items"]);
  remote.say({ "server.max_conns": "x", "nmae": "y" });
  assertEquals(await nextOf(events), [
    "rejected",
    "etcd /oaas/config nmae: nmae: is not a known setting, did you mean name?",
    'etcd /oaas/config server.max_conns: server.max_conns: must be an integer of at least 1, found "x"',
  ]);
  assertEquals(watch.config.server.maxConns, 6);
});

Deno.test("watch() keeps the last state of a remote layer that fails, and asks again", async () => {
  const remote = new Told();
  remote.say({ name: "b" });
  const files: Record<string, string> = { "config/default.yaml": "items: [1]" };
  await using watch = await loaderOf(files).watch(schema, { pollMs: 5, settleMs: 0, remote });
  const events = iterate(watch);
  remote.say(new Error("connection refused"));
  assertEquals(await nextOf(events), [
    "rejected",
    "etcd /oaas/config: can't be followed: connection refused",
  ]);
  files["config/default.yaml"] = "items: [2]";
  await watch.refresh();
  assertEquals(await nextOf(events), ["items"]);
  assertEquals(watch.config.name, "b");
  remote.say({ name: "c" });
  assertEquals(await nextOf(events), ["name"]);
});

Deno.test("watch() refuses to start without a remote layer that is asked for", async () => {
  const remote = new Told();
  remote.say(new Error("http://user:c4n4ry@host: connection refused"));
  const error = await assertRejects(() => loaderOf({}).watch(schema, { ...still, remote }));
  assertInstanceOf(error, Error);
  assertEquals(
    error.message,
    "etcd /oaas/config: can't be followed: http://[secret]@host: connection refused",
  );
  // One that says nothing is waited for, until the signal.
  const signal = AbortSignal.abort("enough");
  await assertRejects(() => loaderOf({}).watch(schema, { ...still, remote, signal }));
  const controller = new AbortController();
  const begun = loaderOf({}).watch(schema, { ...still, remote, signal: controller.signal });
  controller.abort(new Error("enough"));
  await assertRejects(() => begun, Error, "enough");
});
