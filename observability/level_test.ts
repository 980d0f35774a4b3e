import { assertEquals, assertThrows } from "@std/assert";
import { parseLevelFilter, parseRustLog, severities, thresholdOf } from "./level.ts";

Deno.test("parseLevelFilter() reads a default level", () => {
  const filter = parseLevelFilter("warn");
  assertEquals(thresholdOf(filter, "anything"), severities.warn);
});

Deno.test("parseLevelFilter() takes info where no default is given", () => {
  for (const text of ["", "oprc.grpc=debug"]) {
    assertEquals(thresholdOf(parseLevelFilter(text), "other"), severities.info);
  }
});

Deno.test("parseLevelFilter() takes any case and spaces", () => {
  const filter = parseLevelFilter(" INFO , oprc.grpc = Debug ,");
  assertEquals(thresholdOf(filter, "oprc.grpc"), severities.debug);
});

Deno.test("thresholdOf() takes the longest target that covers", () => {
  const filter = parseLevelFilter("error,oprc=warn,oprc.grpc=debug,oprc.grpc.client=off");
  const of = (target: string) => thresholdOf(filter, target);
  assertEquals(of("oprc.storage"), severities.warn);
  assertEquals(of("oprc.grpc"), severities.debug);
  assertEquals(of("oprc.grpc.server"), severities.debug);
  assertEquals(of("oprc.grpc.client.retry"), Infinity);
  assertEquals(of("other"), severities.error);
});

Deno.test("thresholdOf() doesn't take a target for its prefix", () => {
  const filter = parseLevelFilter("info,oprc.grpc=debug");
  assertEquals(thresholdOf(filter, "oprc.grpcurl"), severities.info);
});

Deno.test("parseLevelFilter() refuses what it can't read, naming it", () => {
  const cases: [text: string, message: string][] = [
    ["inof", 'Cannot read log level "inof": "inof" is none of trace, debug, info'],
    ["info,a=loud", '"loud" is none of'],
    ["info,a=", '"" is none of'],
    ["info,debug", "more than one default level"],
    ["=debug", '"=debug" names no target'],
    ["a=info,a=debug", 'it names "a" twice'],
    ["constructor", '"constructor" is none of'],
  ];
  for (const [text, message] of cases) {
    assertThrows(() => parseLevelFilter(text), TypeError, message);
  }
});

Deno.test("parseLevelFilter() takes Rust's paths", () => {
  const filter = parseLevelFilter("warn,oprc::grpc=debug");
  assertEquals(thresholdOf(filter, "oprc.grpc.client"), severities.debug);
});

Deno.test("parseRustLog() takes a name alone for all of a target", () => {
  const filter = parseRustLog("error,oprc::storage,noisy=off");
  assertEquals(thresholdOf(filter, "oprc.storage"), severities.trace);
  assertEquals(thresholdOf(filter, "oprc.grpc"), severities.error);
  assertEquals(thresholdOf(filter, "noisy"), Infinity);
  assertEquals(thresholdOf(parseRustLog(""), "any"), severities.info);
});
