import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { jaegerEndpoint, otlpEndpoint } from "./_otlp_endpoint.ts";

Deno.test("otlpEndpoint() adds the path to an address without one, and leaves others", () => {
  const url = (value: string) => otlpEndpoint("otlpEndpoint", value).url;
  assertEquals(url("http://collector:4318"), "http://collector:4318/v1/traces");
  assertEquals(url("https://collector/"), "https://collector/v1/traces");
  assertEquals(url("collector:4318"), "http://collector:4318/v1/traces");
  assertEquals(url("http://[::1]:4318"), "http://[::1]:4318/v1/traces");
  assertEquals(url("https://collector/otlp/v1/traces"), "https://collector/otlp/v1/traces");
});

Deno.test("otlpEndpoint() maps the port of gRPC to that of HTTP, and says so", () => {
  const { url, warning } = otlpEndpoint("otlpEndpoint", "http://collector:4317");
  assertEquals(url, "http://collector:4318/v1/traces");
  assertStringIncludes(warning!, "4317");
});

Deno.test("jaegerEndpoint() maps each address that Jaeger had for Thrift, and says so", () => {
  for (
    const value of [
      "http://jaeger:14268/api/traces",
      "http://jaeger:14268/api/traces?format=jaeger.thrift",
      "jaeger:14250",
      "jaeger:6831",
      "udp://jaeger:6832",
      "http://jaeger/api/traces",
    ]
  ) {
    const { url, warning } = jaegerEndpoint(value);
    assertEquals(url, "http://jaeger:4318/v1/traces", value);
    assertStringIncludes(warning!, "OTLP in place of Thrift");
  }
});

Deno.test("jaegerEndpoint() leaves an address for OTLP", () => {
  assertEquals(jaegerEndpoint("http://jaeger:4318"), { url: "http://jaeger:4318/v1/traces" });
  assertEquals(jaegerEndpoint("https://j/x/v1/traces"), { url: "https://j/x/v1/traces" });
});

Deno.test("otlpEndpoint() refuses what is no address, without showing it", () => {
  for (const value of ["", "ftp://user:hunter2@collector", "http://", "a b"]) {
    const error = assertThrows(() => otlpEndpoint("otlpEndpoint", value), TypeError);
    assertEquals(
      error.message,
      "Cannot set up tracing: otlpEndpoint is no http or https address",
    );
  }
});
