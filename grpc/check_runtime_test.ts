import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { packageHandler } from "./_testing.ts";
import { judgeRuntime } from "./_runtime.ts";
import { checkRuntime, PackageClient, packageService, serve } from "./mod.ts";

Deno.test("checkRuntime() refuses Deno releases that corrupt memory, and names the one to use", () => {
  for (const version of ["2.9.4", "2.9.5", "2.9.6", "2.9.5+abcdef", "2.9.4-rc.1"]) {
    const error = assertThrows(() => checkRuntime({ version }), Error);
    assertStringIncludes(error.message, `Cannot run gRPC on Deno ${version}: `);
    assertStringIncludes(error.message, "use Deno 2.9.3");
    assertStringIncludes(error.message, "allowUnsafeRuntime");
  }
});

Deno.test("checkRuntime() refuses Deno before 2.8", () => {
  for (const version of ["2.7.14", "2.5.6", "1.46.3"]) {
    assertThrows(() => checkRuntime({ version }), Error, "use Deno 2.9.3");
  }
});

Deno.test("checkRuntime() goes on where the caller takes the risk", () => {
  checkRuntime({ version: "2.9.5", allowUnsafeRuntime: true });
  checkRuntime({ version: "2.7.14", allowUnsafeRuntime: true });
});

Deno.test("checkRuntime() says nothing on releases that are fit", () => {
  const warn = (message: string) => {
    throw new Error(message);
  };
  for (const version of ["2.8.0", "2.8.3", "2.9.0", "2.9.3"]) checkRuntime({ version, warn });
});

Deno.test("checkRuntime() warns once of a release that nobody has tried", () => {
  const warnings: string[] = [];
  const warn = (message: string) => void warnings.push(message);
  for (const version of ["2.9.7", "3.0.0", "2.9.7", "canary"]) checkRuntime({ version, warn });
  assertEquals(warnings.length, 3);
  assertStringIncludes(warnings[0]!, "gRPC on Deno 2.9.7: ");
  assertStringIncludes(warnings[0]!, "2.9.3");
});

Deno.test("judgeRuntime() finds a runtime other than Deno fit", () => {
  assertEquals(judgeRuntime(undefined), { kind: "fit" });
});

Deno.test("serve() and clients refuse an unsafe runtime, unless told otherwise", async () => {
  const real = Deno.version.deno;
  const services = [packageService(packageHandler())];
  // The one place that is asked for the version is the global object.
  const pretend = (deno: string) =>
    Object.defineProperty(Deno, "version", {
      value: { ...Deno.version, deno },
      configurable: true,
    });
  try {
    pretend("2.9.5");
    const refused = await serve({ services }).then(() => undefined, (error: Error) => error);
    assertStringIncludes(refused?.message ?? "", "Deno 2.9.5");
    assertThrows(() => PackageClient.connect("127.0.0.1:1"), Error, "Deno 2.9.5");
    const server = await serve({ services, allowUnsafeRuntime: true });
    await server.shutdown();
    await PackageClient.connect("127.0.0.1:1", { allowUnsafeRuntime: true }).close();
  } finally {
    pretend(real);
  }
});
