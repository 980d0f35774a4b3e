import { connectCaller } from "./_node/connect_caller.ts";
import { type ClientFactory, clientFactory, type Closable } from "./client_factory.ts";
import type { ClientOptions, EndpointOrSeveral } from "./client_options.ts";
import { type PackageCalls, packageCalls } from "./package_calls.ts";

/** A client of a Package Manager; {@linkcode PackageCalls} says what its calls throw. */
export interface PackageClient extends PackageCalls, Closable {}

/**
 * Makes clients that talk to a Package Manager.
 *
 * @example
 * ```ts
 * import { inProcess, PackageClient, packageService } from "@oprc/grpc";
 * import { assertEquals } from "@std/assert";
 *
 * const unused = () => Promise.reject(new Error("not used here"));
 * await using packages = PackageClient.over(inProcess([packageService({
 *   createPackage: (request) => Promise.resolve({ packageId: request.package?.name }),
 *   getPackage: unused,
 *   listPackages: unused,
 *   deletePackage: unused,
 *   deployClass: unused,
 *   reportDeploymentStatus: unused,
 * })]));
 * assertEquals(await packages.createPackage({ name: "records" }), "records");
 * ```
 */
export const PackageClient: ClientFactory<PackageClient, EndpointOrSeveral, ClientOptions> =
  clientFactory(packageCalls, connectCaller);
