/** Messages that hold a message of any type, whose JSON names it. */
import { assertEquals } from "@std/assert";
import { create, createFileRegistry } from "@bufbuild/protobuf";
import {
  AnySchema,
  DurationSchema,
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
} from "@bufbuild/protobuf/wkt";
import { fetchHandler, registerService, serve } from "./mod.ts";

const any = { inputType: ".google.protobuf.Any", outputType: ".google.protobuf.Any" };
const file = create(FileDescriptorProtoSchema, {
  name: "boxes.proto",
  package: "test",
  syntax: "proto3",
  dependency: [AnySchema.file.proto.name, DurationSchema.file.proto.name],
  service: [{
    name: "Boxes",
    method: [{ name: "Same", ...any }, { name: "Repeat", serverStreaming: true, ...any }],
  }],
});
const Boxes = createFileRegistry(
  create(FileDescriptorSetSchema, {
    file: [AnySchema.file.proto, DurationSchema.file.proto, file],
  }),
).getService("test.Boxes")!;
const boxes = registerService(Boxes, {
  same: (box: unknown) => box,
  async *repeat(box: unknown) {
    yield box;
    yield box;
  },
} as never);

const json = `{"value":"3s","@type":"type.googleapis.com/google.protobuf.Duration"}`;
const request = (origin: string, method: string, type: string, body: string) =>
  new Request(`${origin}/test.Boxes/${method}`, {
    method: "POST",
    headers: { "content-type": type },
    body,
  });
const call = (origin: string) => request(origin, "Same", "application/json", json);
const stream = (origin: string) => {
  const head = String.fromCharCode(0, 0, 0, 0, json.length);
  return request(origin, "Repeat", "application/connect+json", head + json);
};

Deno.test("serve() reads and writes Any as JSON, of the types its services' files import", async () => {
  await using server = await serve({ services: [boxes] });
  const origin = `http://127.0.0.1:${server.addr.port}`;
  assertEquals(await (await fetch(call(origin))).text(), json);
  assertEquals((await (await fetch(stream(origin))).text()).split(json).length, 3);
});

Deno.test("fetchHandler() reads and writes Any as JSON, of the types its services' files import", async () => {
  const handler = fetchHandler([boxes]);
  assertEquals(await (await handler(call("http://a"))).text(), json);
  assertEquals((await (await handler(stream("http://a"))).text()).split(json).length, 3);
});
