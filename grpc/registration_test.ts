import { assertEquals, assertThrows } from "@std/assert";
import { packageHandler } from "./_testing.ts";
import { inProcess, PackageClient, packageService, type PackageServiceHandler } from "./mod.ts";

Deno.test("packageService() refuses a handler that lacks a method, by name", () => {
  const { listPackages: _, ...handler } = packageHandler();
  assertThrows(
    () => packageService(handler as PackageServiceHandler),
    TypeError,
    `Cannot register oaas.package.PackageService: the handler has no method "listPackages"`,
  );
});

Deno.test("packageService() keeps the handler's own this", async () => {
  class Handler {
    #calls = 0;
    createPackage() {
      return Promise.resolve({ packageId: `${++this.#calls}` });
    }
  }
  const handler = Object.assign(new Handler(), { ...packageHandler(), createPackage: undefined });
  delete (handler as { createPackage?: unknown }).createPackage;
  const services = [packageService(handler as unknown as PackageServiceHandler)];
  const client = PackageClient.over(inProcess(services));
  assertEquals(await client.createPackage({}), "1");
  assertEquals(await client.createPackage({}), "2");
});
