/** A service with a method of every kind, made without generated code, for tests; not published. */
import { create, createFileRegistry, type DescService, type Message } from "@bufbuild/protobuf";
import {
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
  MethodOptions_IdempotencyLevel,
} from "@bufbuild/protobuf/wkt";

/** A message of the service. */
export type Echo = Message<"test.Echo"> & { text: string; count: number };

const method = (name: string, clientStreaming: boolean, serverStreaming: boolean) => ({
  name,
  inputType: ".test.Echo",
  outputType: ".test.Echo",
  clientStreaming,
  serverStreaming,
});

const file = create(FileDescriptorProtoSchema, {
  name: "test.proto",
  package: "test",
  syntax: "proto3",
  messageType: [{
    name: "Echo",
    field: [
      { name: "text", number: 1, type: Type.STRING, label: Label.OPTIONAL, jsonName: "text" },
      { name: "count", number: 2, type: Type.UINT32, label: Label.OPTIONAL, jsonName: "count" },
    ],
  }],
  service: [{
    name: "Echoes",
    method: [
      method("Say", false, false),
      {
        ...method("Read", false, false),
        options: { idempotencyLevel: MethodOptions_IdempotencyLevel.NO_SIDE_EFFECTS },
      },
      method("Expand", false, true),
      method("Join", true, false),
      method("Chat", true, true),
    ],
  }],
});

/** `test.Echoes`. */
export const Echoes: DescService = createFileRegistry(
  create(FileDescriptorSetSchema, { file: [file] }),
).getService("test.Echoes")!;
