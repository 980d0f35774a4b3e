import { assertEquals, assertLess, assertRejects, assertThrows } from "@std/assert";
import { Code, ConnectError } from "@connectrpc/connect";
import { packageServer } from "./_testing.ts";
import { PackageClient, type Protocol, retry, type RetryOptions } from "./mod.ts";

const QUICK: RetryOptions = { initialBackoffMs: 1, maxBackoffMs: 1 };

/** A server whose calls fail as `outcomes` says, one after the other, and then succeed. */
async function failing(outcomes: (ConnectError | undefined)[], protocol: Protocol = "grpc") {
  const attempts: (string | null)[] = [];
  const left: (number | undefined)[] = [];
  async function answer(_request: unknown, context: {
    requestHeader: Headers;
    timeoutMs: () => number | undefined;
  }) {
    attempts.push(context.requestHeader.get("grpc-previous-rpc-attempts"));
    left.push(context.timeoutMs());
    await Promise.resolve();
    const error = outcomes.shift();
    if (error !== undefined) throw error;
    return {};
  }
  const { server, endpoint } = await packageServer({ getPackage: answer, createPackage: answer });
  return {
    attempts,
    left,
    connect: (options: RetryOptions) =>
      PackageClient.connect(endpoint, { retry: { ...QUICK, ...options }, protocol }),
    stop: () => server.shutdown(),
  };
}
const busy = (metadata: HeadersInit = {}) => new ConnectError("busy", Code.Unavailable, metadata);

for (const protocol of ["grpc", "grpc-web", "connect"] as const) {
  Deno.test(`retry() repeats an idempotent call that failed, over ${protocol}`, async () => {
    const { attempts, left, connect, stop } = await failing([busy(), busy()], protocol);
    const client = connect({ initialBackoffMs: 30, maxBackoffMs: 30, random: () => 1 });
    assertEquals(await client.getPackage("a"), undefined);
    assertEquals(attempts, [null, "1", "2"]);
    // What is left of the time goes with each attempt.
    assertLess(left[2]!, 10_000 - 50);
    await client.close();
    await stop();
  });
}

Deno.test("retry() repeats no call whose method isn't marked", async () => {
  const { attempts, connect, stop } = await failing([busy()]);
  const client = connect({});
  await assertRejects(() => client.createPackage({ name: "a" }), ConnectError, "busy");
  assertEquals(attempts.length, 1);
  await client.close();
  await stop();
});

Deno.test("retry() gives up after maxAttempts, with the last error", async () => {
  const { attempts, connect, stop } = await failing([busy(), busy(), busy(), busy()]);
  const client = connect({ maxAttempts: 2 });
  const error = await assertRejects(() => client.getPackage("a"), ConnectError);
  assertEquals(error.code, Code.Unavailable);
  assertEquals(attempts.length, 2);
  await client.close();
  await stop();
});

Deno.test("retry() repeats only after its codes", async () => {
  const aborted = () => new ConnectError("x", Code.Aborted);
  const { attempts, connect, stop } = await failing([aborted(), aborted()]);
  const client = connect({});
  await assertRejects(() => client.getPackage("a"), ConnectError);
  assertEquals(attempts.length, 1);
  await client.close();
  const other = connect({ codes: [Code.Aborted] });
  await other.getPackage("a");
  assertEquals(attempts.length, 3);
  await other.close();
  await stop();
});

Deno.test("retry() stops where the server asks for it", async () => {
  for (const pushback of ["-1", "soon"]) {
    const { attempts, connect, stop } = await failing([
      busy({ "grpc-retry-pushback-ms": pushback }),
    ]);
    const client = connect({});
    await assertRejects(() => client.getPackage("a"), ConnectError);
    assertEquals(attempts.length, 1);
    await client.close();
    await stop();
  }
});

Deno.test("retry() waits as long as the server asks", async () => {
  const asked: [string, string][] = [
    ["grpc-retry-pushback-ms", "0"],
    ["retry-after", "0"],
    ["retry-after", new Date(0).toUTCString()],
  ];
  for (const [header, value] of asked) {
    const { attempts, connect, stop } = await failing([busy({ [header]: value })]);
    // With a wait of its own this would not end in time.
    const client = connect({ initialBackoffMs: 1e8, maxBackoffMs: 1e8, random: () => 1 });
    await client.getPackage("a");
    assertEquals(attempts.length, 2);
    await client.close();
    await stop();
  }
});

Deno.test("retry() never waits beyond the call's timeout", async () => {
  const { attempts, connect, stop } = await failing([busy()]);
  const client = connect({ initialBackoffMs: 1e8, maxBackoffMs: 1e8, random: () => 1 });
  await assertRejects(() => client.getPackage("a", { timeoutMs: 50 }), ConnectError);
  assertEquals(attempts.length, 1);
  await client.close();
  await stop();
});

Deno.test("retry() stops repeating when half its budget is gone", async () => {
  const { attempts, connect, stop } = await failing(Array.from({ length: 100 }, () => busy()));
  const client = connect({ budget: 10, maxAttempts: 5 });
  for (let i = 0; i < 10; i++) {
    await assertRejects(() => client.getPackage("a"), ConnectError);
  }
  // Five failures, of which four were repeated; then each call is tried once.
  assertEquals(attempts.length, 5 + 9);
  await client.close();
  await stop();
});

Deno.test("retry() refuses options that can't be used", () => {
  const wrong: RetryOptions[] = [
    { maxAttempts: 0 },
    { maxAttempts: 1.5 },
    { initialBackoffMs: -1 },
    { maxBackoffMs: NaN },
    { budget: 0 },
  ];
  for (const options of wrong) assertThrows(() => retry(options), RangeError, "Cannot retry with");
});
