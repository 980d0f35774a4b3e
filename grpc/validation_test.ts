import { assertEquals, assertRejects } from "@std/assert";
import { Code, ConnectError } from "@connectrpc/connect";
import { packageHandler, packageServer } from "./_testing.ts";
import {
  inProcess,
  PackageClient,
  packageService,
  type Protocol,
  validation,
  validationIssuesOf,
} from "./mod.ts";

for (const protocol of ["grpc", "grpc-web", "connect"] as Protocol[]) {
  Deno.test(`validation() answers every issue over ${protocol}`, async () => {
    let called = false;
    const { server, endpoint, errors } = await packageServer({
      createPackage: () => {
        called = true;
        return Promise.resolve({});
      },
    }, { interceptors: [validation()] });
    const client = PackageClient.connect(endpoint, { protocol });
    const error = await assertRejects(
      () => client.createPackage({ name: "", version: "one", classes: [{ key: "c" }] }),
      ConnectError,
    );
    assertEquals(error.code, Code.InvalidArgument);
    assertEquals(validationIssuesOf(error).map(({ code, path }) => [code, path]), [
      ["EmptyPackageName", "package.name"],
      ["InvalidVersion", "package.version"],
      ["EmptyField", "package.classes[0].name"],
      ["EmptyField", "package.classes[0].package"],
      ["EmptyFunctionBindings", "package.classes[0].functions"],
    ]);
    assertEquals([called, errors], [false, []]);
    await client.close();
    await server.shutdown();
  });
}

Deno.test("validation() lets a right message through", async () => {
  const services = [
    packageService(
      packageHandler({ getPackage: ({ name }) => Promise.resolve({ package: { name } }) }),
    ),
  ];
  const client = PackageClient.over(inProcess(services, { interceptors: [validation()] }));
  assertEquals((await client.getPackage("records"))?.name, "records");
});

Deno.test("validation() on a client refuses before anything is sent", async () => {
  // Nobody listens there: a call that was sent would be Unavailable.
  const client = PackageClient.connect("http://127.0.0.1:1", { interceptors: [validation()] });
  const error = await assertRejects(() => client.createPackage({ name: "" }), ConnectError);
  assertEquals(error.code, Code.InvalidArgument);
  assertEquals(validationIssuesOf(error)[0]?.path, "package.name");
  await client.close();
});
