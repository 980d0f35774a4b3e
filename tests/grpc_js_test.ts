/** A foreign client: @grpc/grpc-js, which loads our .proto files at run time. */
import { Buffer } from "node:buffer";
import * as grpc from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { toJsonValue } from "@oprc/models";
import { OPackageSchema } from "@oprc/proto/package";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { decodeBadRequest } from "./_bad_request.ts";
import { examplePackage, manager } from "./_platform.ts";

const protoFolder = decodeURIComponent(new URL("../proto", import.meta.url).pathname);
const contract = grpc.loadPackageDefinition(
  loadSync("package.proto", { includeDirs: [protoFolder], keepCase: true, longs: String }),
);

type Callback = (error: grpc.ServiceError | null, answer: Record<string, unknown>) => void;
type Method = (this: unknown, request: object, callback: Callback) => void;

interface ForeignClient {
  /** Calls a method; fails with grpc-js's own error. */
  call(method: string, request: object): Promise<Record<string, unknown>>;
  close(): void;
}

function foreignClient(url: string): ForeignClient {
  const { PackageService } = (contract.oaas as grpc.GrpcObject).package as grpc.GrpcObject;
  const client = new (PackageService as grpc.ServiceClientConstructor)(
    new URL(url).host,
    grpc.credentials.createInsecure(),
  );
  return {
    call: (method, request) =>
      new Promise((resolve, reject) =>
        (client[method] as Method).call(
          client,
          request,
          (error, answer) => error ? reject(error) : resolve(answer),
        )
      ),
    close: () => client.close(),
  };
}

async function refused(call: Promise<unknown>): Promise<grpc.ServiceError> {
  const error = await call.then(() => undefined, (error: grpc.ServiceError) => error);
  assert(error !== undefined, "the call should have failed");
  return error;
}

Deno.test("grpc-js creates, gets, lists and deletes packages", async () => {
  await using pm = await manager();
  const client = foreignClient(pm.url);
  try {
    const images = await examplePackage("image_pipeline");
    const created = await client.call("CreatePackage", {
      package: toJsonValue(OPackageSchema, images),
    });
    assertEquals(created.package_id, "images");

    const { package: got } = await client.call("GetPackage", { name: "images" }) as {
      package: typeof images & { classes: { state_spec?: { type: string } }[] };
    };
    assertEquals(got.version, "2.0.1");
    assertEquals(got.classes[0]?.state_spec?.type, "image");

    const listed = await client.call("ListPackages", { filter: "tag:vision", limit: 10 });
    assertEquals(listed.total_count, 1);

    await client.call("DeletePackage", { name: "images" });
    const error = await refused(client.call("GetPackage", { name: "images" }));
    assertEquals(error.code, grpc.status.NOT_FOUND);
    assertEquals(error.details, 'Cannot get package "images": there is none');
  } finally {
    client.close();
  }
});

Deno.test("grpc-js gets INVALID_ARGUMENT with details for an invalid package", async () => {
  await using pm = await manager();
  const client = foreignClient(pm.url);
  try {
    const error = await refused(
      client.call("CreatePackage", { package: { name: "Shop Front", version: "one" } }),
    );
    assertEquals(error.code, grpc.status.INVALID_ARGUMENT);
    assertStringIncludes(error.details, "package.name");
    const [bytes] = error.metadata.get("grpc-status-details-bin");
    assertEquals(
      decodeBadRequest(bytes as Uint8Array).map(({ field, reason }) => [field, reason]),
      [["package.name", "InvalidName"], ["package.version", "InvalidVersion"]],
    );
  } finally {
    client.close();
  }
});

Deno.test("grpc-js gets UNIMPLEMENTED for a method that does not exist", async () => {
  await using pm = await manager();
  const client = new grpc.Client(new URL(pm.url).host, grpc.credentials.createInsecure());
  try {
    const path = "/oaas.package.PackageService/PaintPackage";
    const identity = (bytes: Uint8Array) => Buffer.from(bytes);
    const error = await refused(
      new Promise((resolve, reject) =>
        client.makeUnaryRequest(
          path,
          identity,
          identity,
          new Uint8Array(),
          (error, answer) => error ? reject(error) : resolve(answer),
        )
      ),
    );
    assertEquals(error.code, grpc.status.UNIMPLEMENTED);
    assertStringIncludes(error.details, path);
  } finally {
    client.close();
  }
});

Deno.test("what grpc-js stores reads back as the same message", async () => {
  await using pm = await manager();
  const client = foreignClient(pm.url);
  try {
    const sensors = await examplePackage("iot_sensor");
    await client.call("CreatePackage", { package: toJsonValue(OPackageSchema, sensors) });
    const stored = await pm.packages.getPackage("sensors");
    assertEquals(stored?.functions, sensors.functions);
    assertEquals(stored?.metadata?.tags, sensors.metadata?.tags);
  } finally {
    client.close();
  }
});
