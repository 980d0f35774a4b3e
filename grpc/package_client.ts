import type { MessageInitShape } from "@bufbuild/protobuf";
import type { Transport } from "@connectrpc/connect";
import {
  type DeployClassRequestSchema,
  type DeploymentStatusSchema,
  type OPackage,
  type OPackageSchema,
  PackageService,
} from "@oprc/proto/package";
import { type Caller, callerOver, connectCaller, orUndefined } from "./_caller.ts";
import type {
  CallDefaults,
  CallOptions,
  ClientOptions,
  EndpointOrSeveral,
} from "./client_options.ts";

/** Which packages to list. */
export interface ListPackagesOptions {
  /**
   * Text that the server matches against packages.
   *
   * @default {all packages}
   */
  readonly filter?: string;
  /**
   * The most packages to answer; 0 leaves the number to the server.
   *
   * @default {0}
   */
  readonly limit?: number;
  /**
   * How many packages to pass over.
   *
   * @default {0}
   */
  readonly offset?: number;
}

/** One page of packages. */
export interface PackagePage {
  /** The packages of this page, by name. */
  readonly packages: OPackage[];
  /** How many packages there are on all pages. */
  readonly totalCount: number;
}

// Said apart from the class: the declarations that JSR makes for npm leave out a class's
// computed members (denoland/deno#36567).
/** Disposing it closes it. */
export interface PackageClient extends AsyncDisposable {}

/**
 * Talks to a Package Manager.
 *
 * Every method throws a `ConnectError`: `Unavailable` when the server can't be
 * reached, `DeadlineExceeded` after `timeoutMs`, `Canceled` when the signal
 * aborts or the client is closed, and otherwise what the server answered.
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
export class PackageClient {
  readonly #caller: Caller;

  private constructor(caller: Caller) {
    this.#caller = caller;
  }

  /**
   * A client of the server at `endpoint`: `http://host:port`, `https://host:port`
   * or `host:port`; or of several servers, in turn. It connects with the first call, and again after a lost
   * connection.
   *
   * @throws {TypeError} when the endpoint or an option can't be used.
   */
  static connect(endpoint: EndpointOrSeveral, options: ClientOptions = {}): PackageClient {
    return new PackageClient(connectCaller(endpoint, options));
  }

  /** A client over a transport that stays the caller's, such as {@linkcode inProcess}. */
  static over(transport: Transport, defaults: CallDefaults = {}): PackageClient {
    return new PackageClient(callerOver(transport, defaults));
  }

  /** Stores a new package and answers its id. */
  async createPackage(
    pkg: MessageInitShape<typeof OPackageSchema>,
    options?: CallOptions,
  ): Promise<string> {
    const { createPackage } = PackageService.method;
    const response = await this.#caller.call(createPackage, { package: pkg }, options);
    return response.packageId;
  }

  /** The package of this name, or undefined where there is none. */
  async getPackage(name: string, options?: CallOptions): Promise<OPackage | undefined> {
    const { getPackage } = PackageService.method;
    const response = await orUndefined(this.#caller.call(getPackage, { name }, options));
    return response?.package;
  }

  /** One page of the packages that match, by name. */
  async listPackages(query: ListPackagesOptions = {}, options?: CallOptions): Promise<PackagePage> {
    const { listPackages } = PackageService.method;
    const { packages, totalCount } = await this.#caller.call(listPackages, { ...query }, options);
    return { packages, totalCount };
  }

  /** Deletes the package of this name. */
  async deletePackage(name: string, options?: CallOptions): Promise<void> {
    const { deletePackage } = PackageService.method;
    await this.#caller.call(deletePackage, { name }, options);
  }

  /** Deploys a class of a stored package and answers the deployment's id. */
  async deployClass(
    request: MessageInitShape<typeof DeployClassRequestSchema>,
    options?: CallOptions,
  ): Promise<string> {
    const { deployClass } = PackageService.method;
    const response = await this.#caller.call(deployClass, request, options);
    return response.deploymentId;
  }

  /** Tells the Package Manager how a deployment fares. */
  async reportDeploymentStatus(
    deploymentId: string,
    status: MessageInitShape<typeof DeploymentStatusSchema>,
    options?: CallOptions,
  ): Promise<void> {
    const { reportDeploymentStatus } = PackageService.method;
    await this.#caller.call(reportDeploymentStatus, { deploymentId, status }, options);
  }

  /** Ends the connection; calls in flight fail with `Canceled`. Safe to repeat. */
  close(): Promise<void> {
    return this.#caller.close();
  }

  /** The same as {@linkcode close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
