import { assert, assertEquals } from "@std/assert";
import { createContextKey, createContextValues } from "@connectrpc/connect";
import { UnaryCall } from "./call.ts";
import type { UnaryRequest } from "./request.ts";

const tenant = createContextKey("none");

/** A call, and what its caller does to it. */
function begin() {
  let cancel: ((reason: unknown) => void) | undefined;
  const request = {
    headers: () => new Headers({ "x-from": "the caller" }),
    onCancel(given: (reason: unknown) => void) {
      cancel = given;
      return () => {};
    },
  } as UnaryRequest;
  const call = new UnaryCall({} as never, "grpc", request, undefined);
  return { call, cancel: (reason: unknown) => cancel?.(reason) };
}

Deno.test("UnaryCall.override() puts another's in place of the call's own", () => {
  const { call, cancel } = begin();
  const { signal } = new AbortController();
  const header = new Headers({ "x-from": "an interceptor" });
  call.override({ header, signal, contextValues: createContextValues().set(tenant, "blue") });
  assertEquals(call.requestHeader.get("x-from"), "an interceptor");
  assertEquals(call.values.get(tenant), "blue");
  assert(call.signal === signal);
  assertEquals(call.ownHeader.get("x-from"), "the caller");
  assertEquals(call.ownValues.get(tenant), "none");
  const own = call.ownSignal;
  cancel("gone");
  assertEquals([own.aborted, signal.aborted], [true, false]);
});

Deno.test("UnaryCall.override() asks for nothing before the handler does", () => {
  const { call } = begin();
  const refuse = (): never => {
    throw new Error("nobody asked for it");
  };
  call.override({
    get header() {
      return refuse();
    },
    get signal() {
      return refuse();
    },
    get contextValues() {
      return refuse();
    },
  });
  assertEquals(call.watched, false);
});
