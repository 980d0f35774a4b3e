import { assertEquals } from "@std/assert";
import { isValid, OwnSpanContext } from "./_own_span_context.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";

Deno.test("isValid() tells ids from what is none, each time it is asked", () => {
  const good = { traceId: TRACE, spanId: SPAN, traceFlags: 1 };
  const others = [
    { ...good, traceId: "0".repeat(32) },
    { ...good, spanId: '"},{"a":"12345678' },
    { ...good, traceId: "short" },
  ];
  for (const one of [good, good]) assertEquals(isValid(one), true);
  for (const one of others) assertEquals([isValid(one), isValid(one)], [false, false]);
  assertEquals(isValid(good), true);
  assertEquals(isValid(new OwnSpanContext(TRACE, SPAN, 0, undefined)), true);
});
