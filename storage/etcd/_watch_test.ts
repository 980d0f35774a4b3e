import { assertEquals } from "@std/assert";
import { compacted, stoppable } from "../_watch.ts";
import { StorageError } from "../errors.ts";
import { brief, fails } from "../testing/_case.ts";
import { Stream } from "./_stream.ts";
import { type Endpoint, type GrpcFailure, metadataOf } from "./_transport.ts";
import { watchBatches, type WatchSource } from "./_watch.ts";
import { toBytes, type WatchResponse } from "./_wire.ts";

/** What a member sends on a stream, or why the stream ends. */
type Sent = Partial<WatchResponse> | GrpcFailure;

const header = (revision: number) => ({ cluster_id: "1", revision: String(revision) });
const created = (revision: number): Sent => ({ created: true, header: header(revision) });
const put = (revision: number, key = "a") => ({
  type: "Put" as const,
  kv: { key: toBytes(key), value: toBytes(String(revision)), mod_revision: String(revision) },
});
const lost: GrpcFailure = { code: 14, details: "read ECONNRESET" };
const from = (revision: number) => String(revision).padStart(16, "0");

/** A watch over streams that send what is given; `gone` says up to where history is compacted. */
function watch(at: number, streams: Sent[][], gone: () => number = () => 0, head = 1000) {
  const opened: number[] = [];
  const checked: number[] = [];
  let refused = 0;
  const source: WatchSource = {
    closed: false,
    keyPrefix: "",
    history(_what, _range, revision) {
      if (revision !== undefined) checked.push(revision);
      if (revision !== undefined && revision > head) {
        return Promise.reject(new StorageError("invalid", "a future revision"));
      }
      return revision !== undefined && revision < gone()
        ? Promise.reject(compacted("", revision))
        : Promise.resolve(head);
    },
    open(_range, start, bell) {
      const sent = streams[opened.length] ?? [];
      opened.push(start);
      const endpoint = {
        watch(_request: unknown, _metadata: unknown, listener: {
          message(response: WatchResponse): void;
          end(failure: GrpcFailure): void;
        }) {
          queueMicrotask(() => {
            const empty = { events: [], fragment: false, compact_revision: "0", cancel_reason: "" };
            for (const one of sent) {
              if ("details" in one) listener.end(one);
              else listener.message({ ...empty, ...one } as WatchResponse);
            }
          });
          return { pause() {}, resume() {}, cancel() {} };
        },
      } as unknown as Endpoint;
      const request = { create_request: {} } as never;
      return Promise.resolve(new Stream(endpoint, request, metadataOf(undefined), bell, () => {}));
    },
    failed(_stream, denied) {
      if (denied) refused++;
    },
    listen() {},
    forget() {},
  };
  const iterable = stoppable((bell, stopped) =>
    watchBatches(source, "", { from: from(at) }, bell, stopped)
  );
  return {
    opened,
    checked,
    refused: () => refused,
    /** Takes batches until there are so many events. */
    async take(count: number): Promise<string[]> {
      const seen: string[] = [];
      for await (const { events } of iterable) {
        seen.push(...events.map(brief));
        if (seen.length >= count) break;
      }
      return seen;
    },
  };
}

Deno.test("watch() goes on after the last commit delivered, not after the header's revision", async () => {
  const { take, opened } = watch(5, [
    [created(900), { header: header(900), events: [put(6), put(7)] }, lost],
    [created(900), { header: header(900), events: [put(8)] }, lost],
    [created(900), { header: header(900), events: [put(9)] }],
  ]);
  assertEquals(await take(4), ["put a=6", "put a=7", "put a=8", "put a=9"]);
  assertEquals(opened, [6, 8, 9]);
});

Deno.test("watch() drops the part of a commit that a lost stream delivered, and takes it whole", async () => {
  const { take, opened } = watch(5, [
    [created(7), { header: header(7), events: [put(6), put(7, "a")], fragment: true }, lost],
    [created(7), { header: header(7), events: [put(7, "a")], fragment: true }, {
      header: header(7),
      events: [put(7, "b")],
    }],
  ]);
  assertEquals(await take(3), ["put a=6", "put a=7", "put b=7"]);
  assertEquals(opened, [6, 7]);
});

Deno.test("watch() passes over what it has delivered", async () => {
  const { take } = watch(5, [
    [created(5), { header: header(5), events: [put(4), put(5)] }, {
      header: header(6),
      events: [put(5), put(6)],
    }],
  ]);
  assertEquals(await take(1), ["put a=6"]);
});

Deno.test("watch() delivers nothing of a history that was thinned out while it was read", async () => {
  // At the start and when the stream was created all of it was still there.
  let asked = 0;
  const { take } = watch(5, [
    [created(9), { header: header(9), events: [put(9)] }],
  ], () => ++asked > 2 ? 9 : 0);
  await fails(take(1), "compacted");
});

Deno.test("watch() is compacted where the next revision is the compacted one", async () => {
  // etcd 3.4 would leave out a deletion there, without a word.
  const { take } = watch(5, [[created(6)]], () => 6);
  await fails(take(1), "compacted");
});

Deno.test("watch() asks about the history at its start, not of what comes as it happens", async () => {
  const { take, checked } = watch(5, [
    [
      created(5),
      { header: header(6), events: [put(6)] },
      { header: header(7), events: [put(7)] },
      { header: header(8), events: [put(8)] },
    ],
  ]);
  await take(3);
  assertEquals(checked, [5, 5]);
});

Deno.test("watch() fails with compacted where etcd says so, and where it was taken back", async () => {
  const canceled = { canceled: true, compact_revision: "8", header: header(9) };
  await fails(watch(5, [[created(9), canceled]]).take(1), "compacted");
  let head = 10;
  const streams: Sent[][] = [[created(10), { header: header(10), events: [put(10)] }, lost], [
    created(3),
  ]];
  const { take } = watch(5, streams, () => head === 3 ? 11 : (head = 3, 0));
  await fails(take(2), "compacted");
});

Deno.test("watch() renews a token that is refused, and gives up in the end", async () => {
  const no = { canceled: true, cancel_reason: "etcdserver: permission denied", header: header(5) };
  const good = [created(5), { header: header(6), events: [put(6)] }];
  const once = watch(5, [[no], good]);
  assertEquals(await once.take(1), ["put a=6"]);
  assertEquals(once.refused(), 1);
  await fails(watch(5, [[no], [no], [no]]).take(1), "denied");
});

Deno.test("watch() tells of progress only forward", async () => {
  const { take } = watch(5, [
    [created(5), { header: header(4) }, { header: header(5) }, { header: header(7) }, {
      header: header(7),
      events: [put(6)],
    }, { header: header(8), events: [put(8)] }],
  ]);
  assertEquals(await take(1), ["put a=8"]);
});
