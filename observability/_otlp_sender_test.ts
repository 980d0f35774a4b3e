import { assertEquals } from "@std/assert";
import { retryAfterMs, sendOtlp } from "./_otlp_sender.ts";
import { systemClock } from "./_runtime.ts";
import { nobody, OtlpReceiver } from "./testdata/otlp_receiver.ts";

const empty = new Uint8Array();

interface Patience {
  giveUpMs: number;
  timeoutMs: number;
  signal?: AbortSignal;
}

function send(url: string, { giveUpMs, timeoutMs, signal }: Patience) {
  const target = { url, headers: {}, gzip: false, timeoutMs, rejectedIn: () => 0 };
  signal ??= new AbortController().signal;
  return sendOtlp(target, empty, { clock: systemClock, giveUpMs, signal });
}

Deno.test("retryAfterMs() reads seconds and dates", () => {
  const now = Date.parse("2026-01-01T00:00:00Z");
  assertEquals(retryAfterMs("3", now), 3_000);
  assertEquals(retryAfterMs("Thu, 01 Jan 2026 00:00:10 GMT", now), 10_000);
  assertEquals(retryAfterMs("Wed, 31 Dec 2025 00:00:00 GMT", now), 0);
  assertEquals(retryAfterMs("soon", now), undefined);
  assertEquals(retryAfterMs(null, now), undefined);
});

Deno.test("sendOtlp() doesn't come back before Retry-After, rather gives up", async () => {
  await using receiver = new OtlpReceiver();
  receiver.mode = "unavailable";
  receiver.retryAfter = "3600";
  const url = `${receiver.url}/v1/traces`;
  const answer = await send(url, { giveUpMs: 60_000, timeoutMs: 60_000 });
  assertEquals(answer.sent, false);
  assertEquals([answer.why, receiver.requests], ["the collector answered 503", 1]);
});

Deno.test("sendOtlp() names the silence of a collector, and a missing one", async () => {
  await using receiver = new OtlpReceiver();
  receiver.mode = "silent";
  const silent = await send(`${receiver.url}/v1/traces`, { giveUpMs: 100, timeoutMs: 50 });
  assertEquals([silent.sent, silent.why], [false, "no answer within 50 ms"]);
  assertEquals(
    (await send(`${nobody()}/v1/traces`, { giveUpMs: 1, timeoutMs: 60_000 })).sent,
    false,
  );
});

Deno.test("sendOtlp() ends its wait when told to", async () => {
  await using receiver = new OtlpReceiver();
  receiver.mode = "unavailable";
  receiver.retryAfter = "60";
  const controller = new AbortController();
  const sending = send(`${receiver.url}/v1/traces`, {
    giveUpMs: 120_000,
    timeoutMs: 60_000,
    signal: controller.signal,
  });
  await receiver.until(() => receiver.requests > 0);
  controller.abort();
  assertEquals((await sending).sent, false);
});
