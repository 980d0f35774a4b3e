import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { create, createFileRegistry, fromBinary } from "@bufbuild/protobuf";
import {
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
} from "@bufbuild/protobuf/wkt";
import { ServerReflection } from "./gen/grpc/reflection/v1/reflection_pb.ts";
import { ServerReflection as Alpha } from "./gen/grpc/reflection/v1alpha/reflection_pb.ts";
import { packageServer } from "./_testing.ts";
import { createServiceClient } from "./mod.ts";

type Question = { case: string; value: unknown };

/** Asks a new server, all questions on one stream. */
async function ask(questions: Question[], service: typeof ServerReflection = ServerReflection) {
  const { server, endpoint } = await packageServer();
  const client = createServiceClient(service, endpoint);
  const answers = [];
  async function* requests() {
    for (const messageRequest of questions) yield { host: "h", messageRequest } as never;
  }
  for await (const answer of client.call.serverReflectionInfo(requests())) answers.push(answer);
  await client.close();
  await server.shutdown();
  return answers;
}

function filesIn(answer: { messageResponse: { case?: string; value?: unknown } }) {
  assertEquals(answer.messageResponse.case, "fileDescriptorResponse");
  const { fileDescriptorProto } = answer.messageResponse.value as {
    fileDescriptorProto: Uint8Array[];
  };
  return fileDescriptorProto.map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes));
}
const names = (files: FileDescriptorProto[]) => files.map(({ name }) => name);

for (const [version, service] of [["v1", ServerReflection], ["v1alpha", Alpha]] as const) {
  Deno.test(`serve() lists its services by reflection ${version}`, async () => {
    const [answer] = await ask(
      [{ case: "listServices", value: "" }],
      service as typeof ServerReflection,
    );
    assertEquals(answer?.validHost, "h");
    assertEquals(answer?.originalRequest?.messageRequest.case, "listServices");
    const { messageResponse } = answer!;
    assert(messageResponse.case === "listServicesResponse");
    assertEquals(messageResponse.value.service.map(({ name }) => name), [
      "grpc.health.v1.Health",
      "grpc.reflection.v1.ServerReflection",
      "grpc.reflection.v1alpha.ServerReflection",
      "oaas.health.HealthService",
      "oaas.package.PackageService",
    ]);
  });
}

Deno.test("serve() sends by reflection files that make a registry", async () => {
  const [answer] = await ask([
    { case: "fileContainingSymbol", value: "oaas.package.PackageService" },
  ]);
  const files = filesIn(answer!);
  assertEquals(names(files), ["package.proto", "common.proto"]);
  const registry = createFileRegistry(
    create(FileDescriptorSetSchema, { file: files.toReversed() }),
  );
  const method = registry.getService("oaas.package.PackageService")?.method.getPackage;
  assertEquals(method?.output.field.package?.message?.typeName, "oaas.package.OPackage");
});

Deno.test("serve() finds by reflection whatever a file declares", async () => {
  const symbols = {
    "oaas.package.OPackage": "package.proto",
    ".oaas.package.OPackage": "package.proto",
    "oaas.package.OPackage.name": "package.proto",
    "oaas.package.PackageService.GetPackage": "package.proto",
    "oaas.common.StatusCode": "common.proto",
    "oaas.common.StatusCode.NOT_FOUND": "common.proto",
    "grpc.health.v1.HealthCheckResponse.ServingStatus": "grpc/health/v1/health.proto",
  };
  for (const [value, file] of Object.entries(symbols)) {
    const [answer] = await ask([{ case: "fileContainingSymbol", value }]);
    assertEquals(names(filesIn(answer!))[0], file, value);
  }
});

Deno.test("serve() sends each file that another needs once on a stream", async () => {
  const [first, second, third] = await ask([
    { case: "fileByFilename", value: "package.proto" },
    { case: "fileContainingSymbol", value: "oaas.package.OClass" },
    { case: "fileByFilename", value: "common.proto" },
  ]);
  assertEquals(names(filesIn(first!)), ["package.proto", "common.proto"]);
  assertEquals(names(filesIn(second!)), ["package.proto"]);
  assertEquals(names(filesIn(third!)), ["common.proto"]);
});

Deno.test("serve() says by reflection what it doesn't know, and goes on", async () => {
  const answers = await ask([
    { case: "fileByFilename", value: "nowhere.proto" },
    { case: "fileContainingSymbol", value: "oaas.package.Nothing" },
    { case: "fileContainingSymbol", value: "oaas.package.OPackage.nothing" },
    {
      case: "fileContainingExtension",
      value: { containingType: "oaas.package.OPackage", extensionNumber: 5 },
    },
    { case: "allExtensionNumbersOfType", value: "no.Message" },
    { case: "allExtensionNumbersOfType", value: "oaas.package.OPackage" },
    { case: undefined as unknown as string, value: undefined },
  ]);
  const codes = answers.map(({ messageResponse }) =>
    messageResponse.case === "errorResponse"
      ? messageResponse.value.errorCode
      : messageResponse.case
  );
  assertEquals(codes, [5, 5, 5, 5, 5, "allExtensionNumbersResponse", 3]);
  const first = answers[0]!.messageResponse;
  assertStringIncludes(JSON.stringify(first.value), "this server knows no nowhere.proto");
});

Deno.test("serve() answers no reflection where it is switched off", async () => {
  const { server, endpoint } = await packageServer({}, { reflection: false });
  const response = await fetch(
    `${endpoint}/grpc.reflection.v1.ServerReflection/ServerReflectionInfo`,
    { method: "POST", headers: { "content-type": "application/json" } },
  );
  assertEquals(response.status, 404);
  await response.body?.cancel();
  await server.shutdown();
});
