import { assertEquals } from "@std/assert";
import { encodeGrpcMessage, plainGrpcMessage } from "./_grpc_message.ts";

Deno.test("encodeGrpcMessage() escapes only what the protocol asks for", () => {
  assertEquals(encodeGrpcMessage('a: b/c, 100% "d"\n'), 'a: b/c, 100%25 "d"%0A');
  assertEquals(encodeGrpcMessage("é→😀"), "%C3%A9%E2%86%92%F0%9F%98%80");
  assertEquals(decodeURIComponent(encodeGrpcMessage("100% é\r\n")), "100% é\r\n");
});

Deno.test("plainGrpcMessage() leaves other trailers and its input as they are", () => {
  const trailer = new Headers({ "grpc-status": "3", "grpc-message": "a%3A%20b", "x": "%3A" });
  assertEquals([...plainGrpcMessage(trailer)!], [
    ["grpc-message", "a: b"],
    ["grpc-status", "3"],
    ["x", "%3A"],
  ]);
  assertEquals(trailer.get("grpc-message"), "a%3A%20b");
  assertEquals(plainGrpcMessage(undefined), undefined);
});
