/** A foreign client, grpc-js with the .proto files read at run time, against `serve`. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { fromBinary } from "@bufbuild/protobuf";
import { Buffer } from "node:buffer";
import grpc from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { deferred, hanging, packageServer } from "./_testing.ts";
import { BadRequestSchema } from "./gen/google/rpc/error_details_pb.ts";
import { PackageClient, validation } from "./mod.ts";

const protoDir = decodeURIComponent(new URL("../proto/", import.meta.url).pathname);
const definition = loadSync("package.proto", {
  includeDirs: [protoDir],
  keepCase: true,
  enums: String,
  defaults: true,
  oneofs: true,
});
type Methods = Record<
  string,
  (request: unknown, options: grpc.CallOptions, callback: grpc.requestCallback<Answer>) => unknown
>;
type Answer = Record<string, unknown>;
// deno-lint-ignore no-explicit-any -- the loaded package has no static shape
const { PackageService } = (grpc.loadPackageDefinition(definition) as any).oaas.package;

/** A grpc-js client whose calls answer the response or the error. */
function connect(endpoint: string): {
  call: (method: string, request: unknown, deadlineMs?: number) => Promise<Answer>;
  fail: (method: string, request: unknown, deadlineMs?: number) => Promise<grpc.ServiceError>;
  raw: grpc.Client;
} {
  const raw = new PackageService(
    endpoint.replace("http://", ""),
    grpc.credentials.createInsecure(),
  ) as grpc.Client & Methods;
  const invoke = (method: string, request: unknown, deadlineMs = 10_000) =>
    new Promise<{ error: grpc.ServiceError | null; response?: Answer }>((resolve) =>
      raw[method]!(
        request,
        { deadline: Date.now() + deadlineMs },
        (error, response) => resolve({ error, response }),
      )
    );
  return {
    raw,
    async call(method, request, deadlineMs) {
      const { error, response } = await invoke(method, request, deadlineMs);
      if (error) throw error;
      return response!;
    },
    async fail(method, request, deadlineMs) {
      const { error } = await invoke(method, request, deadlineMs);
      if (!error) throw new Error(`${method} did not fail`);
      return error;
    },
  };
}

Deno.test("grpc-js calls serve() with the published .proto files", async () => {
  const { server, endpoint } = await packageServer({
    createPackage: ({ package: pkg }) =>
      Promise.resolve({ packageId: `${pkg?.name}@${pkg?.version}` }),
    listPackages: ({ filter, limit }) =>
      Promise.resolve({ packages: [{ name: `${filter}-${limit}` }], totalCount: 7 }),
  });
  const client = connect(endpoint);
  assertEquals(await client.call("CreatePackage", { package: { name: "a", version: "1.0" } }), {
    status: "OK",
    package_id: "a@1.0",
  });
  const page = await client.call("ListPackages", { filter: "image", limit: 3 });
  assertEquals(page.total_count, 7);
  assertEquals((page.packages as Answer[])[0]!.name, "image-3");
  client.raw.close();
  await server.shutdown();
});

Deno.test("grpc-js sees RESOURCE_EXHAUSTED with the sizes, and goes on", async () => {
  const { server, endpoint } = await packageServer({
    createPackage: () => Promise.resolve({ packageId: "small" }),
  });
  const client = connect(endpoint);
  const error = await client.fail("CreatePackage", {
    package: { name: "a".repeat(5 * 1024 * 1024) },
  });
  assertEquals(error.code, grpc.status.RESOURCE_EXHAUSTED);
  assertStringIncludes(error.details, "5242890");
  assertStringIncludes(error.details, "4194304");
  const { package_id } = await client.call("CreatePackage", { package: { name: "b" } });
  assertEquals(package_id, "small");
  client.raw.close();
  // The refused request, of which most was never read, must not hold this up.
  await server.shutdown({ graceMs: 100_000_000 });
});

Deno.test("grpc-js sees UNIMPLEMENTED with the path", async () => {
  const { server, endpoint } = await packageServer();
  const { raw } = connect(endpoint);
  for (const path of ["/oaas.package.PackageService/Nope", "/no.Such/Call"]) {
    const error = await new Promise<grpc.ServiceError | null>((resolve) =>
      raw.makeUnaryRequest(path, () => Buffer.alloc(3), String, null, resolve)
    );
    assertEquals(error?.code, grpc.status.UNIMPLEMENTED);
    assertEquals(error?.details, `no service answers ${path}`);
  }
  raw.close();
  await server.shutdown();
});

Deno.test("grpc-js sees INVALID_ARGUMENT with google.rpc.BadRequest", async () => {
  const { server, endpoint } = await packageServer({}, { interceptors: [validation()] });
  const client = connect(endpoint);
  const error = await client.fail("CreatePackage", { package: { name: "" } });
  assertEquals(error.code, grpc.status.INVALID_ARGUMENT);
  // Shown as it was written, colons and all.
  assertStringIncludes(error.details, "package.name is empty: ");
  const status = error.metadata.get("grpc-status-details-bin")[0] as Uint8Array;
  const { fieldViolations } = fromBinary(BadRequestSchema, firstDetail(status));
  assertEquals(fieldViolations.map(({ field, reason }) => ({ field, reason })), [
    { field: "package.name", reason: "EmptyPackageName" },
  ]);
  client.raw.close();
  await server.shutdown();
});

Deno.test("grpc-js sees INTERNAL and nothing of what a handler threw", async () => {
  const { server, endpoint, errors } = await packageServer({
    getPackage: () => Promise.reject("the password is 12345"),
  });
  const client = connect(endpoint);
  const error = await client.fail("GetPackage", { name: "a" });
  assertEquals([error.code, error.details], [grpc.status.INTERNAL, "internal error"]);
  assertEquals(errors, ["the password is 12345"]);
  client.raw.close();
  await server.shutdown();
});

Deno.test("grpc-js ends a handler by its deadline", async () => {
  const { begun, method } = hanging();
  const ended = deferred();
  const { server, endpoint } = await packageServer({
    getPackage: (request, context) => method(request, context).finally(() => ended.resolve()),
  });
  const client = connect(endpoint);
  const call = client.fail("GetPackage", { name: "a" }, 200);
  await begun;
  assertEquals((await call).code, grpc.status.DEADLINE_EXCEEDED);
  await ended.promise;
  client.raw.close();
  await server.shutdown();
});

Deno.test("PackageClient calls a grpc-js server and reads its statuses", async () => {
  const server = new grpc.Server();
  server.addService(PackageService.service, {
    // A peer that answers its refusals in the response, as the platform's first servers do.
    GetPackage: (_: unknown, answer: grpc.sendUnaryData<unknown>) =>
      answer(null, { status: "NOT_FOUND", message: "no such package" }),
    CreatePackage: (_: unknown, answer: grpc.sendUnaryData<unknown>) =>
      answer(null, { status: "INVALID_REQUEST", message: "the name is taken" }),
    DeletePackage: (_: unknown, answer: grpc.sendUnaryData<unknown>) =>
      answer({ code: grpc.status.FAILED_PRECONDITION, details: "100% needed: by /a" }),
  });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync(
      "127.0.0.1:0",
      grpc.ServerCredentials.createInsecure(),
      (error, port) => error ? reject(error) : resolve(port),
    )
  );
  const client = PackageClient.connect(`127.0.0.1:${port}`);
  assertEquals(await client.getPackage("a"), undefined);
  const say = (error: { rawMessage: string; code: number }) => [error.code, error.rawMessage];
  assertEquals(await client.createPackage({ name: "a" }).catch(say), [
    grpc.status.INVALID_ARGUMENT,
    "the name is taken",
  ]);
  assertEquals(await client.deletePackage("a").catch(say), [
    grpc.status.FAILED_PRECONDITION,
    "100% needed: by /a",
  ]);
  await client.close();
  await new Promise((resolve) => server.tryShutdown(resolve));
});

/** The value of the first `google.protobuf.Any` in a `google.rpc.Status`. */
function firstDetail(status: Uint8Array): Uint8Array {
  const field = (bytes: Uint8Array, wanted: number): Uint8Array => {
    for (let at = 0; at < bytes.length;) {
      const tag = bytes[at++]!;
      let value = 0, shift = 0;
      do value |= (bytes[at]! & 0x7f) << shift, shift += 7; while (bytes[at++]! & 0x80);
      if ((tag & 7) === 0) continue;
      if (tag >> 3 === wanted) return bytes.subarray(at, at + value);
      at += value;
    }
    throw new Error(`no field ${wanted}`);
  };
  return field(field(status, 3), 2);
}
