/** What happens to a cluster of etcd while commits are made. */
import { startEtcd } from "../etcd/_testing.ts";
import { etcdStore } from "../etcd/mod.ts";
import { put } from "../mod.ts";
import { type Figures, load, Watcher } from "./_load.ts";
import { Proxy } from "./_proxy.ts";

/** A fault, tried for about so long. */
export type Fault = (ms: number) => Promise<Figures>;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`never: ${what}`);
    await pause(10);
  }
}

async function threeNodes(
  fault: (
    cluster: Awaited<ReturnType<typeof startEtcd>>,
    acknowledged: () => number,
  ) => Promise<void>,
): Promise<Figures> {
  await using cluster = await startEtcd({ members: 3 });
  await using store = await etcdStore({ endpoints: cluster.endpoints });
  await using watched = await etcdStore({ endpoints: cluster.endpoints });
  return await load({
    store,
    watched,
    prefix: "load/",
    during: (acknowledged) => fault(cluster, acknowledged),
  });
}

/** Goes on until some more commits are acknowledged. */
const more = (acknowledged: () => number, count: number) => {
  const wanted = acknowledged() + count;
  return until(`${count} more commits`, () => acknowledged() >= wanted);
};

/** The leader is killed, and comes back. */
const leaderKilled: Fault = (ms) =>
  threeNodes(async (cluster, acknowledged) => {
    const end = Date.now() + ms;
    do {
      await more(acknowledged, 200);
      const leader = await cluster.leader();
      await cluster.kill(leader);
      await more(acknowledged, 200);
      cluster.restart(leader);
      await cluster.ready(leader);
    } while (Date.now() < end);
  });

/** The leader is stopped, and goes on later. */
const leaderStopped: Fault = (ms) =>
  threeNodes(async (cluster, acknowledged) => {
    const end = Date.now() + ms;
    do {
      await more(acknowledged, 200);
      const leader = await cluster.leader();
      cluster.signal(leader, "SIGSTOP");
      try {
        await more(acknowledged, 200);
      } finally {
        cluster.signal(leader, "SIGCONT");
      }
      await cluster.ready(leader);
    } while (Date.now() < end);
  });

/** Two of three members are killed: no commit may be acknowledged until one is back. */
const quorumLost: Fault = (ms) =>
  threeNodes(async (cluster, acknowledged) => {
    const end = Date.now() + ms;
    do {
      await more(acknowledged, 100);
      await Promise.all([cluster.kill(0), cluster.kill(1)]);
      await pause(200);
      const before = acknowledged();
      await pause(1500);
      if (acknowledged() !== before) throw new Error("a commit without a quorum");
      cluster.restart(0);
      cluster.restart(1);
      await more(acknowledged, 100);
    } while (Date.now() < end);
  });

/** Answers don't come through after the commits were applied: they are unknown, and made once. */
const answersSwallowed: Fault = async (ms) => {
  await using cluster = await startEtcd();
  await using proxy = new Proxy(cluster.endpoints[0]!);
  await using store = await etcdStore({ endpoints: [proxy.url], timeoutMs: 1000 });
  await using watched = await etcdStore({ endpoints: cluster.endpoints });
  return await load({
    store,
    watched,
    prefix: "load/",
    async during(acknowledged) {
      const end = Date.now() + ms;
      do {
        await more(acknowledged, 100);
        proxy.swallow = true;
        await pause(300);
        proxy.cut();
        proxy.swallow = false;
        await more(acknowledged, 100);
      } while (Date.now() < end);
    },
  });
};

/** Connections of writers and watches are cut, again and again. */
const connectionsCut: Fault = async (ms) => {
  await using cluster = await startEtcd();
  await using proxy = new Proxy(cluster.endpoints[0]!);
  await using store = await etcdStore({ endpoints: [proxy.url] });
  await using watched = await etcdStore({ endpoints: [proxy.url] });
  return await load({
    store,
    watched,
    prefix: "load/",
    async during(acknowledged) {
      const end = Date.now() + ms;
      do {
        await more(acknowledged, 50);
        proxy.cut();
        await more(acknowledged, 50);
      } while (Date.now() < end);
    },
  });
};

/** A history of so many commits of so many bytes is caught up with while connections are cut. */
async function catchUp(commits: number, size: number, cuts: number): Promise<Figures> {
  await using cluster = await startEtcd();
  await using proxy = new Proxy(cluster.endpoints[0]!);
  await using store = await etcdStore({ endpoints: cluster.endpoints });
  await using watched = await etcdStore({ endpoints: [proxy.url] });
  const from = await put(store, "first", new Uint8Array());
  const acknowledged: string[] = [];
  const filler = new Uint8Array(size).fill(32);
  const writer = async (name: number) => {
    for (let n = name; n < commits; n += 20) {
      const value = filler.slice();
      value.set(new TextEncoder().encode(`${n};`.padEnd(40)));
      await put(store, `k/${n % 97}`, value);
      acknowledged.push(`k/${n % 97}=${`${n};`.padEnd(40)}`);
    }
  };
  await Promise.all(Array.from({ length: 20 }, (_, name) => writer(name)));
  await put(store, "k/end", new TextEncoder().encode("end"));
  let cut = 0;
  const again = () => {
    if (cut++ < cuts) proxy.cutAfter = Math.max(20_000, (commits * size) / (cuts + 1));
  };
  again();
  const timer = setInterval(() => {
    if (proxy.cutAfter === Infinity) again();
  }, 1);
  const watcher = new Watcher(watched, "k/", from);
  try {
    await watcher.end("k/end=end");
  } finally {
    clearInterval(timer);
  }
  if (proxy.accepted < 2) throw new Error("no connection was cut");
  const counts = acknowledged.map((value) => watcher.seen.get(value)?.length ?? 0);
  return {
    acknowledged: acknowledged.length,
    lost: 0,
    unknown: 0,
    unknownApplied: 0,
    failed: 0,
    failedApplied: 0,
    longestGapMs: 0,
    eventsMissing: counts.filter((count) => count === 0).length,
    eventsDoubled: counts.filter((count) => count > 1).length,
    eventsOutOfOrder: watcher.outOfOrder,
  };
}

/** 5,000 commits are caught up with. */
const catchUpOfMany: Fault = () => catchUp(5000, 100, 4);
/** 24 MiB are caught up with, far more than gRPC takes at a time unless it is told. */
const catchUpOfLarge: Fault = () => catchUp(60, 400 * 1024, 3);

/** The password of the writers and watchers is changed, which makes all tokens old. */
const passwordChanged: Fault = async (ms) => {
  await using cluster = await startEtcd();
  let password = "first";
  for (const name of ["root", "me"]) {
    await cluster.call("auth/user/add", { name, password });
    await cluster.call("auth/role/add", { name });
    await cluster.call("auth/user/grant", { user: name, role: name });
  }
  const perm = { permType: "READWRITE", key: btoa("load/"), range_end: btoa("load0") };
  await cluster.call("auth/role/grant", { name: "me", perm });
  await cluster.call("auth/enable", {});
  const { endpoints } = cluster;
  const credentials = () => ({ username: "me", password });
  await using store = await etcdStore({ endpoints, credentials });
  await using watched = await etcdStore({ endpoints, credentials });
  return await load({
    store,
    watched,
    prefix: "load/",
    async during(acknowledged) {
      const end = Date.now() + ms;
      do {
        await more(acknowledged, 200);
        const root = { name: "root", password: "first" };
        const { token } = await cluster.call("auth/authenticate", root);
        // Known here before it is to etcd, as where a secret is rotated.
        password = crypto.randomUUID();
        const response = await fetch(`${endpoints[0]}/v3/auth/user/changepw`, {
          method: "POST",
          headers: { Authorization: String(token) },
          body: JSON.stringify({ name: "me", password }),
        });
        if (!response.ok) throw new Error(await response.text());
        await response.body?.cancel();
        await more(acknowledged, 200);
      } while (Date.now() < end);
    },
  });
};

/** Faults in which no commit may have to wait longer than so many milliseconds. */
export const GAP_BARS_MS: Readonly<Record<string, number>> = { "the leader killed": 4000 };

/** All of them by name. */
export const etcdFaults: Readonly<Record<string, Fault>> = {
  "the leader killed": leaderKilled,
  "the leader stopped": leaderStopped,
  "two of three members killed": quorumLost,
  "the password changed": passwordChanged,
  "answers swallowed": answersSwallowed,
  "connections cut": connectionsCut,
  "a connection cut while 5,000 commits are caught up with": catchUpOfMany,
  "a connection cut while 24 MiB are caught up with": catchUpOfLarge,
};
