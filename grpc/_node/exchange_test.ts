import { assertEquals, assertRejects } from "@std/assert";
import { EventEmitter } from "node:events";
import { Code, ConnectError } from "@connectrpc/connect";
import { exchange } from "./exchange.ts";
import type { Session } from "./session.ts";

/** A session with one stream, which its server resets, and whose timers never fire. */
function resetting(code: number) {
  const stream = Object.assign(new EventEmitter(), {
    rstCode: code,
    read: () => null,
    close: () => {},
    end: () => queueMicrotask(() => stream.emit("close")),
  });
  return {
    origin: "http://a.test",
    deadlines: { add: () => () => {} },
    watch: { lostCount: () => 0, lostSince: () => Promise.resolve(false) },
    open: () => Promise.resolve(stream),
    wasTooLate: () => false,
    isEnding: () => false,
  } as unknown as Session;
}

for (
  const [when, deadline, code] of [
    ["after its deadline", Date.now() - 1, Code.DeadlineExceeded],
    ["before its deadline", Date.now() + 60_000, Code.Unavailable],
    ["without one", undefined, Code.Unavailable],
  ] as const
) {
  Deno.test(`exchange() names a call that the server resets ${when}`, async () => {
    const limit = { signal: undefined, deadline, readMaxBytes: 100 };
    const call = () => exchange(resetting(8), "/a/b", {}, new Uint8Array(5), limit);
    assertEquals((await assertRejects(call, ConnectError)).code, code);
  });
}
