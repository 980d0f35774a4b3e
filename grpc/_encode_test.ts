import { assertEquals, assertThrows } from "@std/assert";
import {
  create,
  createFileRegistry,
  type DescField,
  type DescFile,
  type DescMessage,
  type MessageShape,
  ScalarType,
  toBinary,
} from "@bufbuild/protobuf";
import {
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
  FieldDescriptorProtoSchema,
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
} from "@bufbuild/protobuf/wkt";
import { createEncoder } from "./_encode.ts";
import { DeploymentService } from "@oprc/proto/deployment";
import { PackageService } from "@oprc/proto/package";
import { RuntimeService } from "@oprc/proto/runtime";
import { Echoes } from "./_echoes_testing.ts";

type AnyMessage = MessageShape<DescMessage>;

const scalars = Object.values(Type).filter((type): type is Type =>
  typeof type === "number" && type !== Type.GROUP && type !== Type.MESSAGE && type !== Type.ENUM
);

/** Messages with a field of every type: bare, optional, packed and not, in itself, in a oneof. */
function everyKind(syntax: string): DescFile {
  const field = (name: string, number: number, type: Type, more = {}) => ({
    name,
    number,
    type,
    jsonName: name,
    label: Label.OPTIONAL,
    ...more,
  });
  const lists = (packed: boolean, from: number) =>
    scalars.map((type, i) =>
      field(`list${packed}${type}`, from + i, type, {
        label: Label.REPEATED,
        options: packed && type !== Type.STRING && type !== Type.BYTES
          ? { packed }
          : { packed: false },
      })
    );
  const message = (name: string, fields: unknown[], oneofs: string[] = []) => ({
    name,
    field: fields as never[],
    oneofDecl: oneofs.map((name) => ({ name })),
  });
  const self = { typeName: ".every.Plain" };
  const file = create(FileDescriptorProtoSchema, {
    name: "every.proto",
    package: "every",
    syntax,
    messageType: [
      message("Plain", [
        // From high to low, since they are written in the order of their numbers.
        ...scalars.map((type, i) => field(`bare${type}`, 1000 - i, type)),
        ...lists(true, 100),
        ...lists(false, 200),
        field("self", 300, Type.MESSAGE, self),
        field("selves", 301, Type.MESSAGE, { ...self, label: Label.REPEATED }),
        field("color", 302, Type.ENUM, { typeName: ".every.Color" }),
        field("colors", 303, Type.ENUM, { typeName: ".every.Color", label: Label.REPEATED }),
      ]),
      message("Optional", [
        ...(syntax === "proto3" ? scalars : []).map((type, i) =>
          field(`maybe${type}`, i + 1, type, { proto3Optional: true, oneofIndex: i })
        ),
        field("plain", 99, Type.MESSAGE, self),
      ], syntax === "proto3" ? scalars.map((type) => `_maybe${type}`) : []),
      message("OneOf", [
        field("a", 1, Type.STRING, { oneofIndex: 0 }),
        field("b", 2, Type.MESSAGE, { ...self, oneofIndex: 0 }),
      ], ["kind"]),
      message("Outer", [field("inner", 1, Type.MESSAGE, { typeName: ".every.OneOf" })]),
    ],
    enumType: [{ name: "Color", value: [{ name: "RED", number: 0 }, { name: "BLUE", number: 7 }] }],
  });
  return createFileRegistry(create(FileDescriptorSetSchema, { file: [file] })).getFile(
    "every.proto",
  )!;
}

const BIG = new Set([
  ScalarType.INT64,
  ScalarType.UINT64,
  ScalarType.SINT64,
  ScalarType.FIXED64,
  ScalarType.SFIXED64,
]);

/** One of several values of a type; the first is its zero. */
function scalarValue(type: ScalarType, seed: number): unknown {
  if (type === ScalarType.STRING) {
    return ["", "a", "naïve ☃ 😀".repeat(50), "b".repeat(200)][seed % 4];
  }
  if (type === ScalarType.BYTES) return new Uint8Array([0, 1, 300][seed % 3]!).fill(seed);
  if (type === ScalarType.BOOL) return seed % 2 === 1;
  if (BIG.has(type)) return [0n, 1n, 1n << 40n][seed % 3];
  if (type === ScalarType.DOUBLE || type === ScalarType.FLOAT) return [0, -0, 1.5, NaN][seed % 4];
  return [0, 1, 300, 0x7fff_ffff][seed % 4];
}

let seed = 0;

function valueOf(field: DescField, depth: number): unknown {
  if (field.message !== undefined) return messageOf(field.message, depth + 1);
  return field.enum === undefined ? scalarValue(field.scalar!, seed++) : [0, 7][seed++ % 2];
}

function messageOf(desc: DescMessage, depth = 0): AnyMessage {
  const init: Record<string, unknown> = {};
  for (const field of desc.fields) {
    if (seed++ % 5 === 0 || field.message !== undefined && depth > 2) continue;
    const value = field.fieldKind === "list"
      ? Array.from({ length: seed % 3 }, () => valueOf(field, depth))
      : field.fieldKind === "map"
      ? { "": valueOf(field, depth), naïve: valueOf(field, depth), 5: valueOf(field, depth) }
      : valueOf(field, depth);
    if (field.oneof) init[field.oneof.localName] = { case: field.localName, value };
    else init[field.localName] = value;
  }
  const message = create(desc, init as never);
  if (seed++ % 4 === 0) message.$unknown = [{ no: 9999, wireType: 0, data: Uint8Array.of(5) }];
  return message;
}

const files = [
  everyKind("proto3"),
  everyKind("proto2"),
  ...[PackageService, DeploymentService, RuntimeService, Echoes].map(({ file }) => file),
];
const messages = files.flatMap((file) => file.messages);

Deno.test("createEncoder() writes what toBinary() writes", () => {
  for (const desc of messages) {
    const encode = createEncoder(desc);
    for (let i = 0; i < 100; i++) {
      const message = messageOf(desc);
      assertEquals(encode(message), toBinary(desc, message), desc.typeName);
    }
  }
});

Deno.test("createEncoder() answers bytes that later messages leave alone", () => {
  const desc = Echoes.method.say!.output;
  const encode = createEncoder(desc);
  const first = encode(create(desc, { text: "first" } as never));
  encode(create(desc, { text: "other" } as never));
  assertEquals(first, toBinary(desc, create(desc, { text: "first" } as never)));
});

Deno.test("createEncoder() fails as toBinary() does, and goes on", () => {
  const desc = messages.find(({ typeName }) => typeName === "every.Plain")!;
  const encode = createEncoder(desc);
  const wrong = [
    { self: { bare13: -1 } },
    { bare5: 0.5, self: { bare9: "a" } },
    { list: 1, bare3: "no number" },
  ].map((init) => create(desc, init as never));
  const foreign = create(FieldDescriptorProtoSchema, { name: "a" });
  const holder = create(desc);
  (holder as unknown as { self: unknown }).self = foreign;
  for (const message of [...wrong, foreign as AnyMessage, holder]) {
    const { message: expected } = assertThrows(() => toBinary(desc, message), Error);
    assertThrows(() => encode(message), Error, expected);
    const right = messageOf(desc);
    assertEquals(encode(right), toBinary(desc, right));
  }
});
