import { assertEquals } from "@std/assert";
import type { ConnectError } from "@connectrpc/connect";
import { BodyCollector } from "./envelope.ts";

/** A message of three bytes in its envelope, and what follows it. */
const body = (...more: number[]) => Uint8Array.from([0, 0, 0, 0, 3, 7, 8, 9, ...more]);

/** What comes of a body that arrives in pieces of this size. */
function collect(bytes: Uint8Array, pieceBytes: number, maxBytes: number): number[] | string {
  const collector = new BodyCollector(maxBytes, "enveloped");
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    const error: ConnectError | undefined = collector.push(bytes.subarray(at, at + pieceBytes));
    if (error !== undefined) return error.rawMessage;
  }
  return [...collector.whole()];
}

Deno.test("BodyCollector.push() refuses by a head however its bytes arrive", () => {
  for (let pieceBytes = 1; pieceBytes <= 8; pieceBytes++) {
    assertEquals(collect(body(), pieceBytes, 3), [...body()]);
    assertEquals(
      collect(body(), pieceBytes, 2),
      "message size 3 is larger than configured readMaxBytes 2",
    );
    assertEquals(
      collect(body(...body()), pieceBytes, 3),
      "protocol error: received extra input message for unary method",
    );
  }
});

Deno.test("BodyCollector.push() refuses a bare body by its size", () => {
  const collector = new BodyCollector(5, "bare");
  assertEquals(collector.push(new Uint8Array(5)), undefined);
  assertEquals(collector.whole().length, 5);
  assertEquals(
    collector.push(new Uint8Array(1))?.rawMessage,
    "message size is larger than configured readMaxBytes 5",
  );
});
