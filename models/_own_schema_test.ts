import { assertEquals } from "@std/assert";
import { clone, create, createFileRegistry, type DescMessage } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { createModel } from "./create.ts";
import { OPackageSchema } from "@oprc/proto/package";
import { isSurelyRight, readQuickly } from "./_quick.ts";
import { checks } from "./gen/check.ts";

/** The package's schema as another copy of @oprc/proto has it. */
function copyOfPackageSchema(change: (name: string) => string = (name) => name): DescMessage {
  const files = [...OPackageSchema.file.dependencies, OPackageSchema.file];
  const inside = files.flatMap((file) => [...file.dependencies, file]);
  const protos = [...new Set(inside)].map(({ proto }) => clone(FileDescriptorProtoSchema, proto));
  for (const message of protos.at(-1)!.messageType) {
    for (const field of message.field) field.name = change(field.name);
  }
  return createFileRegistry(create(FileDescriptorSetSchema, { file: protos }))
    .getMessage(OPackageSchema.typeName)!;
}

const right = createModel(OPackageSchema, { name: "a", version: "1.0.0" });

Deno.test("isSurelyRight() knows the messages of another copy of @oprc/proto", () => {
  const copy = copyOfPackageSchema();
  assertEquals(checks.has(copy), false);
  assertEquals(isSurelyRight(copy, right), true);
  assertEquals(isSurelyRight(copy, { ...right, name: "" }), false);
});

Deno.test("readQuickly() reads by a schema of another copy of @oprc/proto", () => {
  const text = '{"name":"a"}';
  const read = readQuickly(copyOfPackageSchema(), text, JSON.parse(text)) as { name: string };
  assertEquals(read.name, "a");
});

Deno.test("isSurelyRight() does not know a message of the same name that says something else", () => {
  const other = copyOfPackageSchema((name) => name === "author" ? "writer" : name);
  assertEquals(isSurelyRight(other, right), false);
});
