import { assert, assertEquals, assertNotStrictEquals, assertStrictEquals } from "@std/assert";
import { create } from "@bufbuild/protobuf";
import { RuntimeService } from "@oprc/proto/runtime";
import { requestOf, responseOf } from "./_intercepted.ts";
import { UnaryCall } from "./_unary/call.ts";
import type { UnaryRequest } from "./_unary/request.ts";

const method = RuntimeService.method.getRuntimeState;

/** A call, and how often its headers were made. */
function begin() {
  const made = { headers: 0 };
  const request: UnaryRequest = {
    httpMethod: "POST",
    url: "http://localhost/a",
    header: () => null,
    headers() {
      made.headers++;
      return new Headers({ "x-from": "the caller" });
    },
    onCancel: () => () => {},
  };
  return { call: new UnaryCall(method, "grpc", request, undefined), made };
}

const requestTo = (call: UnaryCall) => requestOf(call, method, create(method.input), false);
const responseTo = (call: UnaryCall) => responseOf(call, method, create(method.output), false);

Deno.test("requestOf() has all that Connect's request has, copied by a spread", () => {
  const { call } = begin();
  const request = requestTo(call);
  assertEquals(Object.keys(request).sort(), [
    ...["contextValues", "header", "message", "method", "requestMethod"],
    ...["service", "signal", "stream", "url"],
  ]);
  const copy = { ...request };
  assertStrictEquals(copy.header, call.ownHeader);
  assertStrictEquals(copy.signal, call.ownSignal);
  assertStrictEquals(copy.contextValues, call.ownValues);
  assertEquals([copy.url, copy.requestMethod, copy.stream], ["http://localhost/a", "POST", false]);
  const header = new Headers();
  assertStrictEquals({ ...request, header }.header, header);
});

Deno.test("requestOf() makes headers and signal when they are asked for", () => {
  const { call, made } = begin();
  const request = requestTo(call);
  assert("header" in request);
  assertEquals([made.headers, call.watched], [0, false]);
  assertStrictEquals(request.header, request.header);
  assertEquals([made.headers, call.watched], [1, false]);
  assertEquals(request.signal.aborted, false);
  assertEquals(call.watched, true);
});

Deno.test("requestOf() keeps calls apart", () => {
  const [one, other] = [begin().call, begin().call].map(requestTo);
  one!.header.set("x-from", "an interceptor");
  assertEquals(other!.header.get("x-from"), "the caller");
  assertNotStrictEquals(one!.signal, other!.signal);
});

Deno.test("responseOf() has all that Connect's response has, copied by a spread", () => {
  const { call } = begin();
  const response = responseTo(call);
  assertEquals(Object.keys(response).sort(), [
    ...["header", "message", "method", "service", "stream", "trailer"],
  ]);
  const copy = { ...response };
  assertStrictEquals(copy.header, call.responseHeader);
  assertStrictEquals(copy.trailer, call.responseTrailer);
});

Deno.test("responseOf() makes headers and trailers when they are asked for", () => {
  const { call } = begin();
  const response = responseTo(call);
  assertEquals([call.givenHeader, call.givenTrailer], [undefined, undefined]);
  response.trailer.set("x-cost", "1");
  assertEquals([call.givenHeader, call.givenTrailer?.get("x-cost")], [undefined, "1"]);
});
