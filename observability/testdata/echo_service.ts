import { create, createFileRegistry, type DescService } from "@bufbuild/protobuf";
import {
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  FileDescriptorProtoSchema,
} from "@bufbuild/protobuf/wkt";

/** `test.Echo` with `Say` (unary) and `Count` (server streaming), from Number to Number. */
export const Echo: DescService = createFileRegistry(
  create(FileDescriptorProtoSchema, {
    name: "test.proto",
    package: "test",
    syntax: "proto3",
    messageType: [{
      name: "Number",
      field: [{
        name: "value",
        jsonName: "value",
        number: 1,
        type: FieldDescriptorProto_Type.INT32,
        label: FieldDescriptorProto_Label.OPTIONAL,
      }],
    }],
    service: [{
      name: "Echo",
      method: [
        { name: "Say", inputType: ".test.Number", outputType: ".test.Number" },
        {
          name: "Count",
          inputType: ".test.Number",
          outputType: ".test.Number",
          serverStreaming: true,
        },
      ],
    }],
  }),
  () => undefined,
).getService("test.Echo")!;
