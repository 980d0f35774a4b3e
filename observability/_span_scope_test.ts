import { createContextKey, propagation, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { assertEquals, assertStrictEquals } from "@std/assert";
import { SpanScope } from "./_span_scope.ts";

const KEY = createContextKey("a key of the test's own");
const spanOf = (digit: string) =>
  trace.wrapSpanContext({
    traceId: digit.repeat(32),
    spanId: digit.repeat(16),
    traceFlags: 0,
  });

Deno.test("SpanScope is what trace.setSpan() makes, to whoever asks the API", () => {
  const span = spanOf("a");
  for (const root of [ROOT_CONTEXT, ROOT_CONTEXT.setValue(KEY, "outer")]) {
    const [scope, usual] = [new SpanScope(root, span), trace.setSpan(root, span)];
    assertStrictEquals(trace.getSpan(scope), span);
    assertEquals(scope.getValue(KEY), usual.getValue(KEY));
    assertEquals(propagation.getBaggage(scope), undefined);
  }
});

Deno.test("SpanScope.setValue() and deleteValue() keep what else is set", () => {
  const [outer, inner, other] = [spanOf("a"), spanOf("b"), spanOf("c")];
  const scope = new SpanScope(trace.setSpan(ROOT_CONTEXT.setValue(KEY, 1), outer), inner);

  const more = scope.setValue(KEY, 2);
  assertEquals([more.getValue(KEY), trace.getSpan(more)], [2, inner]);
  assertEquals([scope.getValue(KEY), trace.getSpan(scope)], [1, inner]);
  assertStrictEquals(trace.getSpan(trace.setSpan(scope, other)), other);

  const less = scope.deleteValue(KEY);
  assertEquals([less.getValue(KEY), trace.getSpan(less)], [undefined, inner]);
  const none = trace.deleteSpan(scope);
  assertEquals([none.getValue(KEY), trace.getSpan(none)], [1, undefined]);
});
