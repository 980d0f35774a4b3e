import { type ClientFactory, clientFactory, type Closable } from "../client_factory.ts";
import { type DeploymentCalls, deploymentCalls } from "../deployment_calls.ts";
import { type HealthCalls, healthCalls } from "../health_calls.ts";
import { type PackageCalls, packageCalls } from "../package_calls.ts";
import { type RuntimeCalls, runtimeCalls } from "../runtime_calls.ts";
import { connectCaller } from "./_connect_caller.ts";
import type { WebClientOptions } from "./options.ts";

/** A client of a Package Manager; {@linkcode PackageCalls} says what its calls throw. */
export interface PackageClient extends PackageCalls, Closable {}

/**
 * Makes clients that talk to a Package Manager.
 *
 * @example
 * ```ts
 * import { PackageClient } from "@oprc/grpc/web";
 *
 * const packages = PackageClient.connect("https://packages.example.org", { timeoutMs: 3000 });
 * // const { packages: all } = await packages.listPackages();
 * await packages.close();
 * ```
 */
export const PackageClient: ClientFactory<PackageClient, string, WebClientOptions> = clientFactory(
  packageCalls,
  connectCaller,
);

/** A client of a server of deployments. */
export interface DeploymentClient extends DeploymentCalls, Closable {}

/** Makes clients that talk to a Class Runtime Manager or the Package Manager about deployments. */
export const DeploymentClient: ClientFactory<DeploymentClient, string, WebClientOptions> =
  clientFactory(deploymentCalls, connectCaller);

/** A client of a Class Runtime Manager. */
export interface RuntimeClient extends RuntimeCalls, Closable {}

/** Makes clients that talk to a Class Runtime Manager about the instances it runs. */
export const RuntimeClient: ClientFactory<RuntimeClient, string, WebClientOptions> = clientFactory(
  runtimeCalls,
  connectCaller,
);

/** A client that asks a server whether it can take calls. */
export interface HealthClient extends HealthCalls, Closable {}

/** Makes clients that ask servers whether they can take calls. */
export const HealthClient: ClientFactory<HealthClient, string, WebClientOptions> = clientFactory(
  healthCalls,
  connectCaller,
);
