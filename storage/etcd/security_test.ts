import { assert, assertEquals, assertMatch } from "@std/assert";
import { peerTest } from "../../tests/_peers.ts";
import { put } from "../helpers.ts";
import { brief, bytes, collect, fails, now, soon } from "../testing/_case.ts";
import { makeCertificates } from "./_certificates.ts";
import { type EtcdCluster, etcdPeer, startEtcd } from "./_testing.ts";
import type { EtcdTls } from "./options.ts";
import { etcdStore } from "./store.ts";

const text = btoa;

/** A cluster with authentication: root, and a user who may do everything below /mine/. */
async function secured(run: (cluster: EtcdCluster) => Promise<void>, args: string[] = []) {
  await using cluster = await startEtcd({ args });
  await cluster.call("auth/user/add", { name: "root", password: "secret" });
  await cluster.call("auth/role/add", { name: "root" });
  await cluster.call("auth/user/grant", { user: "root", role: "root" });
  await cluster.call("auth/user/add", { name: "me", password: "mine" });
  await cluster.call("auth/role/add", { name: "mine" });
  await cluster.call("auth/role/grant", {
    name: "mine",
    perm: { permType: "READWRITE", key: text("/mine/"), range_end: text("/mine0") },
  });
  await cluster.call("auth/user/grant", { user: "me", role: "mine" });
  await cluster.call("auth/enable", {});
  await run(cluster);
}

const root = { username: "root", password: "secret" };
const me = { username: "me", password: "mine" };

peerTest(
  "etcdStore() signs in, and keeps to what the user may do",
  etcdPeer,
  () =>
    secured(async ({ endpoints }) => {
      const store = await etcdStore({ endpoints, credentials: me });
      const revision = await put(store, "/mine/a", bytes("1"));
      assertEquals((await store.get("/mine/a"))?.revision, revision);
      const error = await fails(put(store, "/other/a", bytes("1")), "denied");
      assertEquals(error.key, "/other/a");
      await fails(store.get("/other/a"), "denied");
      await fails(store.list("/"), "denied");
      const iterator = store.watch("/other/")[Symbol.asyncIterator]();
      await fails(soon(iterator.next()), "denied");
      // The cluster is well, whatever this user may read of it.
      await store.health();
      await store[Symbol.asyncDispose]();
    }),
);

peerTest(
  "etcdStore() says that a password is wrong, or missing, without it",
  etcdPeer,
  () =>
    secured(async ({ endpoints }) => {
      const wrong = { username: "me", password: "canary" };
      const error = await fails(etcdStore({ endpoints, credentials: wrong }), "denied");
      assertMatch(error.message, /^Cannot open etcd at .*: .*invalid user ID or password$/);
      assert(!Deno.inspect(error).includes("canary"));
      const store = await etcdStore({ endpoints });
      await fails(store.get("/mine/a"), "denied");
      await fails(put(store, "/mine/a", bytes("1")), "denied");
      await fails(store.health(), "denied");
      await store[Symbol.asyncDispose]();
    }),
);

peerTest(
  "etcdStore() renews its token when users change and when it expires",
  etcdPeer,
  () =>
    secured(async ({ endpoints }) => {
      const store = await etcdStore({ endpoints, credentials: me });
      const admin = await etcdStore({ endpoints, credentials: root });
      const from = await put(store, "/mine/a", bytes("0"));
      const token = async () => {
        const response = await fetch(`${endpoints[0]}/v3/auth/authenticate`, {
          method: "POST",
          body: JSON.stringify({ name: "root", password: "secret" }),
        });
        return (await response.json() as { token: string }).token;
      };
      const change = async (path: string, body: unknown) => {
        const headers = { Authorization: await token() };
        const init = { method: "POST", headers, body: JSON.stringify(body) };
        const response = await fetch(`${endpoints[0]}/v3/auth/${path}`, init);
        assert(response.ok, await response.text());
      };
      const watching = collect(store, "/mine/", from, 3);
      for (const round of ["1", "2", "3"]) {
        // Every change of a user makes the tokens of before it old.
        await change("user/add", { name: `user-${round}`, password: "x" });
        await Promise.all([store.get("/mine/a"), admin.get("/mine/a")]);
        await put(store, "/mine/a", bytes(round));
        // Simple tokens live for 2 s here.
        if (round === "2") await new Promise((resolve) => setTimeout(resolve, 3500));
      }
      const events = (await watching).flatMap((batch) => batch.events).map(brief);
      assertEquals(events, ["put /mine/a=1", "put /mine/a=2", "put /mine/a=3"]);
      await store[Symbol.asyncDispose]();
      await admin[Symbol.asyncDispose]();
    }, ["--auth-token-ttl=2"]),
);

peerTest(
  "etcdStore() asks for the password again when it changes under load",
  etcdPeer,
  () =>
    secured(async (cluster) => {
      const { endpoints } = cluster;
      let password = "mine";
      const store = await etcdStore({
        endpoints,
        credentials: () => ({ username: "me", password }),
      });
      const admin = await cluster.call("auth/authenticate", { name: "root", password: "secret" });
      let written = 0;
      let changed = false;
      const writer = async () => {
        while (!changed) {
          await put(store, "/mine/n", bytes(String(++written)));
        }
      };
      const change = async () => {
        while (written < 20) await new Promise((resolve) => setTimeout(resolve, 5));
        // Known here before it is to etcd, as where a secret is rotated.
        password = "new";
        const response = await fetch(`${endpoints[0]}/v3/auth/user/changepw`, {
          method: "POST",
          headers: { Authorization: String(admin.token) },
          body: JSON.stringify({ name: "me", password }),
        });
        assert(response.ok, await response.text());
        const before = written;
        while (written < before + 20) await new Promise((resolve) => setTimeout(resolve, 5));
        changed = true;
      };
      await Promise.all([writer(), writer(), change()]);
      await store[Symbol.asyncDispose]();
    }),
);

peerTest("etcdStore() goes on without a token where etcd asks for none", etcdPeer, async () => {
  await using cluster = await startEtcd();
  const store = await etcdStore({ endpoints: cluster.endpoints, credentials: me });
  await put(store, "a", bytes("1"));
  await store[Symbol.asyncDispose]();
});

peerTest("etcdStore() speaks TLS by name and by address, and mutual TLS", etcdPeer, async () => {
  const folder = await Deno.makeTempDir();
  try {
    await makeCertificates(folder);
    const read = (name: string) => Deno.readTextFile(`${folder}/${name}`);
    const [ca, stranger, cert, key] = await Promise.all(
      ["ca.pem", "stranger.pem", "client.pem", "client.key"].map(read),
    );
    const serve = (name: string, ...more: string[]) =>
      startEtcd({
        tls: true,
        args: [`--cert-file=${folder}/${name}.pem`, `--key-file=${folder}/${name}.key`, ...more],
      });
    const works = async (endpoints: readonly string[], tls: EtcdTls) => {
      const store = await etcdStore({ endpoints, tls, timeoutMs: 10_000 });
      const from = await now(store);
      await put(store, "a", bytes("1"));
      assertEquals((await collect(store, "a", from, 1)).length, 1);
      await store[Symbol.asyncDispose]();
    };
    const refused = async (endpoints: readonly string[], tls: EtcdTls, why: RegExp) => {
      const error = await fails(etcdStore({ endpoints, tls, timeoutMs: 600 }), "unavailable");
      assertMatch(error.message, why);
      assert(error.message.includes(endpoints[0]!), error.message);
    };
    {
      await using cluster = await serve("server");
      const byName = cluster.endpoints.map((url) => url.replace("127.0.0.1", "localhost"));
      await works(cluster.endpoints, { ca });
      await works(byName, { ca });
      await works(cluster.endpoints, { ca, serverName: "etcd.test" });
      await refused(cluster.endpoints, { ca: stranger }, /issuer|certificate|signed/i);
      await refused(cluster.endpoints, {}, /issuer|certificate|signed/i);
      await refused(byName, { ca, serverName: "other.test" }, /altnames|other\.test/i);
      await refused(byName, { ca, serverName: "127.0.0.2" }, /127\.0\.0\.2/);
    }
    {
      await using cluster = await serve("named");
      await works(cluster.endpoints, { ca, serverName: "etcd.test" });
      await refused(cluster.endpoints, { ca }, /127\.0\.0\.1/);
    }
    {
      const mutual = ["--client-cert-auth", `--trusted-ca-file=${folder}/ca.pem`];
      await using cluster = await serve("server", ...mutual);
      await works(cluster.endpoints, { ca, cert, key });
      await refused(cluster.endpoints, { ca }, /within 600 ms: ./);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("etcdStore() refuses options that can't be, without a word of secrets", async () => {
  const http = ["http://127.0.0.1:1"];
  const https = ["https://127.0.0.1:1"];
  for (
    const options of [
      { endpoints: [] },
      { endpoints: ["127.0.0.1:2379"] },
      { endpoints: ["ftp://a"] },
      { endpoints: ["http://a/b"] },
      { endpoints: ["http://me:canary@a"] },
      { endpoints: [...http, ...https] },
      { endpoints: http, tls: {} },
      { endpoints: https, tls: { cert: "canary" } },
      { endpoints: https, tls: { ca: "canary" } },
      { endpoints: https, tls: { cert: "canary", key: "canary" } },
      { endpoints: http, timeoutMs: 0 },
      { endpoints: http, timeoutMs: NaN },
      { endpoints: http, keyPrefix: "a b" },
    ]
  ) {
    const error = await fails(etcdStore(options), "invalid");
    assert(!error.message.includes("canary"), error.message);
  }
});
