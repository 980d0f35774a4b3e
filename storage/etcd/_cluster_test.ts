import { assert, assertEquals, assertMatch } from "@std/assert";
import { put } from "../helpers.ts";
import { bytes, fails } from "../testing/_case.ts";
import { openEtcd } from "./_open.ts";
import type { Connect, Endpoint, GrpcFailure } from "./_transport.ts";
import type { EtcdStoreOptions } from "./options.ts";

const header = { cluster_id: "1", revision: "7" };
const status = { version: "3.4.23", header };

/** What a member answers to a call, in turn; a failure by code and details. */
type Answer = unknown | GrpcFailure;

/** Members that answer by a function, with the calls that they got. */
function members(answer: (method: string, url: string, count: number) => Answer): {
  by: Connect;
  calls: string[];
} {
  const calls: string[] = [];
  const by: Connect = (url): Endpoint => ({
    url,
    connected: () => true,
    settled: () => Promise.resolve(),
    unary<T>(
      _service: string,
      method: string,
      _request: unknown,
      _metadata: unknown,
      until: number,
    ) {
      const count = calls.filter((call) => call.startsWith(method)).length;
      calls.push(`${method} ${url.slice(-1)}`);
      const given = method === "status" ? status : answer(method, url, count);
      let cancel = () => {};
      const response = new Promise<T>((resolve, reject) => {
        if (given === "wait") {
          const late = () => reject({ code: 4, details: "Deadline exceeded" });
          const timer = setTimeout(late, until - Date.now());
          cancel = () => {
            clearTimeout(timer);
            reject({ code: 1, details: "Cancelled" });
          };
        } else if ((given as GrpcFailure).details !== undefined) reject(given);
        else resolve(given as T);
      });
      return { response, cancel: () => cancel() };
    },
    watch: () => {
      throw new Error("nobody watches");
    },
    close: () => Promise.resolve(),
  });
  return { by, calls };
}

const options: EtcdStoreOptions = {
  endpoints: ["http://a:1", "http://a:2", "http://a:3"],
  timeoutMs: 200,
  random: () => 0,
};

const written = { header, succeeded: true };
const noLeader: GrpcFailure = { code: 14, details: "etcdserver: no leader" };
const unsent: GrpcFailure = {
  code: 14,
  details:
    "No connection established. Last error: Error: connect ECONNREFUSED a:1. Resolution note: ",
};

for (
  const [name, failure] of [
    ["that was never sent", unsent],
    ["that a member without leader refused", noLeader],
    ["that was refused unread", { code: 14, details: "Stream refused by server" }],
    ["that came too early", { code: 8, details: "etcdserver: too many requests" }],
  ] as const
) {
  Deno.test(`etcdStore() repeats a write ${name} at the next member`, async () => {
    const { by, calls } = members((_, __, count) => count === 0 ? failure : written);
    const store = await openEtcd(options, by);
    await put(store, "a", bytes("1"));
    assertEquals(calls, ["status 1", "put 1", "put 2"]);
    // And stays there.
    await put(store, "a", bytes("1"));
    assertEquals(calls.at(-1), "put 2");
    await store[Symbol.asyncDispose]();
  });
}

for (
  const [name, failure] of [
    ["whose connection was lost", { code: 14, details: "read ECONNRESET" }],
    ["that timed out in the cluster", { code: 14, details: "etcdserver: request timed out" }],
    ["whose leader was lost", {
      code: 14,
      details: "etcdserver: request timed out, possibly due to previous leader failure",
    }],
    ["whose member stopped", { code: 14, details: "etcdserver: server stopped" }],
    ["that had no answer in time", { code: 4, details: "Deadline exceeded after 0.2s" }],
    ["that somebody cancelled", { code: 1, details: "Cancelled on the way" }],
    ["that failed in words of the future", { code: 13, details: "etcdserver: something new" }],
  ] as const
) {
  Deno.test(`etcdStore() never repeats a write ${name}`, async () => {
    const { by, calls } = members(() => failure);
    const store = await openEtcd(options, by);
    for (const expect of [undefined, null]) {
      const error = await fails(put(store, "a", bytes("1"), { expect }), "unknown");
      assertEquals(error.key, "a");
      assertMatch(error.message, /^Cannot tell whether it was applied: put key "a": /);
    }
    const writes = calls.filter((call) => /^(put|txn)/.test(call));
    assertEquals(writes.length, 2);
    // What comes next needn't wait for the same member.
    if (!/something new/.test(failure.details)) assertEquals(writes, ["put 1", "txn 2"]);
    await store[Symbol.asyncDispose]();
  });
}

Deno.test("etcdStore() repeats reads, and commits of checks alone, whatever happened", async () => {
  for (
    const failure of [unsent, noLeader, { code: 14, details: "etcdserver: request timed out" }]
  ) {
    const { by } = members((_, __, count) =>
      count < 2 ? failure : { header, kvs: [], more: false, succeeded: true, responses: [] }
    );
    const store = await openEtcd(options, by);
    assertEquals(await store.get("a"), undefined);
    await store.commit([{ type: "check", key: "a", expect: null }]);
    await store[Symbol.asyncDispose]();
  }
});

Deno.test("etcdStore() is unavailable in time where no member takes a write", async () => {
  for (const failure of [unsent, noLeader]) {
    const { by, calls } = members(() => failure);
    const store = await openEtcd(options, by);
    const error = await fails(put(store, "a", bytes("1")), "unavailable");
    assertMatch(error.message, /^Cannot put key "a": etcd at http:\/\/a:1, .* within 200 ms: /);
    assertMatch(error.message, /: (connect ECONNREFUSED a:1|no leader)$/);
    for (const member of ["1", "2", "3"]) assert(calls.includes(`put ${member}`));
    // With pauses, which grow.
    assert(calls.length < 40, `${calls.length} calls`);
    await store[Symbol.asyncDispose]();
  }
});

Deno.test("etcdStore() says why there was no connection, also where the last try had no time", async () => {
  const waited = { code: 4, details: "Deadline exceeded after 0.000s,Waiting for LB pick" };
  const { by, calls } = members((_, __, count) => count === 0 ? unsent : waited);
  const store = await openEtcd(options, by);
  for (const call of [() => store.get("a"), () => put(store, "a", bytes("1"))]) {
    const error = await fails(call(), "unavailable");
    assertMatch(error.message, /a:1, .* within 200 ms: connect ECONNREFUSED a:1$/);
  }
  assert(calls.filter((call) => call.startsWith("put")).length > 1);
  await store[Symbol.asyncDispose]();
});

Deno.test("etcdStore() asks another member while one hangs, for reads", async () => {
  const { by, calls } = members((_, url) =>
    url.endsWith("1") ? "wait" : { header, kvs: [], more: false }
  );
  const store = await openEtcd({ ...options, timeoutMs: 1_000 }, by);
  assertEquals(await store.get("a"), undefined);
  assertEquals(calls, ["status 1", "range 1", "range 2"]);
  await store[Symbol.asyncDispose]();
});

Deno.test("etcdStore() shortens a page that takes too long", async () => {
  const limits: unknown[] = [];
  const { by } = members(() => ({ code: 4, details: "Deadline exceeded after 0.2s" }));
  const store = await openEtcd(
    { ...options, endpoints: ["http://a:1"], timeoutMs: 10_000 },
    (url, tls) => {
      const endpoint = by(url, tls);
      return {
        ...endpoint,
        unary(service, method, request, metadata, until) {
          const { limit } = request as { limit?: number };
          if (limit !== undefined) limits.push(limit);
          if (limit === 7) return { response: Promise.resolve(page as never), cancel() {} };
          return endpoint.unary(service, method, request, metadata, until);
        },
      };
    },
  );
  const page = { header, kvs: [], more: false };
  await store.list("");
  assertEquals(limits, [500, 62, 7]);
  await store[Symbol.asyncDispose]();
});

Deno.test("etcdStore() tells an abort before a write was sent from one after", async () => {
  const { by, calls } = members((method) => method === "put" ? "wait" : noLeader);
  const store = await openEtcd(options, by);
  const sent = new AbortController();
  const unknown = fails(put(store, "a", bytes("1"), { signal: sent.signal }), "unknown");
  await new Promise((resolve) => setTimeout(resolve, 20));
  sent.abort();
  await unknown;
  const waiting = new AbortController();
  const aborted = fails(
    put(store, "a", bytes("1"), { expect: null, signal: waiting.signal }),
    "aborted",
  );
  while (!calls.some((call) => call.startsWith("txn"))) await new Promise((r) => setTimeout(r, 1));
  await new Promise((resolve) => setTimeout(resolve, 5));
  waiting.abort();
  await aborted;
  await store[Symbol.asyncDispose]();
});

Deno.test("etcdStore() says which limit etcd set", async () => {
  for (
    const [details, code] of [
      ["etcdserver: request is too large", "too_large"],
      ["etcdserver: too many operations in txn request", "too_large"],
    ] as const
  ) {
    const { by, calls } = members(() => ({ code: 8, details }));
    const store = await openEtcd(options, by);
    assertEquals((await fails(put(store, "a", bytes("1")), code)).key, "a");
    assertEquals(calls.length, 2);
    await store[Symbol.asyncDispose]();
  }
});

type UnaryArguments = Parameters<Endpoint["unary"]>;

const full: GrpcFailure = { code: 8, details: "etcdserver: mvcc: database space exceeded" };
const at = (revision: number, ...changed: number[]) => ({
  header: { cluster_id: "1", revision: `${revision}` },
  kvs: changed.map((revision) => ({ key: bytes("a"), mod_revision: `${revision}` })),
  more: false,
});

for (
  const [name, answer, code] of [
    ["nothing has happened since", at(7), "unavailable"],
    ["the key is as it was", at(9, 5), "unavailable"],
    ["the key has changed", at(8, 8), "unknown"],
    // By somebody else, or by this write and somebody who deleted the key.
    ["something has happened since", at(8), "unknown"],
    ["the cluster was taken back", at(6, 5), "unknown"],
    ["nobody can tell", { code: 14, details: "etcdserver: no leader" }, "unknown"],
  ] as const
) {
  Deno.test(`etcdStore() of an etcd without room is ${code} where ${name}`, async () => {
    const { by, calls } = members((method) => method === "range" ? answer : full);
    const store = await openEtcd(options, by);
    const error = await fails(put(store, "a", bytes("1")), code);
    assertEquals(error.key, "a");
    assertMatch(error.message, /etcd.*: mvcc: database space exceeded$/);
    assertEquals(calls.slice(0, 3), ["status 1", "put 1", "range 1"]);
    await store[Symbol.asyncDispose]();
  });
}

Deno.test("etcdStore() looks up a write in the time that is left of it", async () => {
  const { by } = members((method) => method === "range" ? "wait" : full);
  const until: number[] = [];
  const store = await openEtcd(
    { ...options, endpoints: ["http://a:1"] },
    (url, tls) => {
      const endpoint = by(url, tls);
      return {
        ...endpoint,
        unary<T>(...[service, method, request, metadata, deadline]: UnaryArguments) {
          if (method !== "status") until.push(deadline);
          const call = endpoint.unary<T>(service, method, request, metadata, deadline);
          const late = new Promise((resolve) => setTimeout(resolve, 20));
          return { ...call, response: call.response.finally(() => late) };
        },
      };
    },
  );
  await fails(put(store, "a", bytes("1")), "unknown");
  const [write, read] = until;
  assert(read! <= write!, `${read} is after ${write}`);
  await store[Symbol.asyncDispose]();
});

Deno.test("etcdStore() compares with what it last heard of the cluster", async () => {
  const answers: Record<string, Answer[]> = {
    range: [at(9), at(9), at(11), at(12), at(12)],
    put: [full, { header: at(11).header }, full, full],
    txn: [full],
  };
  const { by } = members((method) => answers[method]!.shift());
  const store = await openEtcd(options, by);
  assertEquals(await store.get("b"), undefined);
  await fails(put(store, "a", bytes("1")), "unavailable");
  await put(store, "a", bytes("1"));
  await fails(put(store, "a", bytes("1")), "unavailable");
  // Another has written.
  await fails(put(store, "a", bytes("1")), "unknown");
  await fails(put(store, "a", bytes("1"), { expect: null }), "unavailable");
  await store[Symbol.asyncDispose]();
});

Deno.test("etcdStore() refuses an etcd that is too old", async () => {
  for (const version of ["3.2.26", "3.3.27", "2.3.8", "x"]) {
    const { by } = members(() => noLeader);
    const old: Connect = (url, tls) => ({
      ...by(url, tls),
      unary: () => ({ response: Promise.resolve({ version, header } as never), cancel() {} }),
    });
    const error = await fails(openEtcd(options, old), "invalid");
    assertMatch(error.message, /^Cannot open etcd at http:.*: it is version .*, and 3\.4 is the/);
  }
});
