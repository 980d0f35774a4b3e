import { assertEquals, assertRejects } from "@std/assert";
import { Code, ConnectError, type Interceptor } from "@connectrpc/connect";
import { connectionErrors } from "./_connection_errors.ts";

const RESET = "http/2 stream closed with error code CANCEL (0x8)";
const watch = { lostCount: () => 0, lostSince: () => Promise.resolve(false) };

/** What a call that the server resets comes to, with this signal. */
async function reset(signal: AbortSignal): Promise<ConnectError> {
  const next = () => Promise.reject(new ConnectError(RESET, Code.Canceled));
  const call = connectionErrors("http://a.test", watch)(next as Parameters<Interceptor>[0]);
  return await assertRejects(() => call({ signal } as never), ConnectError);
}

Deno.test("connectionErrors() names a call that the server reset Unavailable", async () => {
  const error = await reset(new AbortController().signal);
  assertEquals(error.code, Code.Unavailable);
});

Deno.test("connectionErrors() leaves a reset at the deadline to who names the deadline", async () => {
  const controller = new AbortController();
  const ended = reset(controller.signal);
  // The timer of the deadline, which fires after the server's.
  setTimeout(() => controller.abort());
  assertEquals((await ended).rawMessage, RESET);
});
