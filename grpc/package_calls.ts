import type { MessageInitShape } from "@bufbuild/protobuf";
import {
  type DeployClassRequestSchema,
  type DeploymentStatusSchema,
  type OPackage,
  type OPackageSchema,
  PackageService,
} from "@oprc/proto/package";
import { type Caller, orUndefined } from "./_caller.ts";
import type { CallOptions } from "./client_options.ts";

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

/**
 * What can be asked of a Package Manager, whatever carries it: the clients of both
 * entry points are one, and so is an object of your own in a test.
 *
 * Every call throws a `ConnectError`: `Unavailable` when the server can't be
 * reached, `DeadlineExceeded` after `timeoutMs`, `Canceled` when the signal
 * aborts or the client is closed, and otherwise what the server answered.
 */
export interface PackageCalls {
  /** Stores a new package and answers its id. */
  createPackage(
    pkg: MessageInitShape<typeof OPackageSchema>,
    options?: CallOptions,
  ): Promise<string>;
  /** The package of this name, or undefined where there is none. */
  getPackage(name: string, options?: CallOptions): Promise<OPackage | undefined>;
  /** One page of the packages that match, by name. */
  listPackages(query?: ListPackagesOptions, options?: CallOptions): Promise<PackagePage>;
  /** Deletes the package of this name. */
  deletePackage(name: string, options?: CallOptions): Promise<void>;
  /** Deploys a class of a stored package and answers the deployment's id. */
  deployClass(
    request: MessageInitShape<typeof DeployClassRequestSchema>,
    options?: CallOptions,
  ): Promise<string>;
  /** Tells the Package Manager how a deployment fares. */
  reportDeploymentStatus(
    deploymentId: string,
    status: MessageInitShape<typeof DeploymentStatusSchema>,
    options?: CallOptions,
  ): Promise<void>;
}

/** The calls of the Package Manager at the other end of `caller`. */
export function packageCalls(caller: Caller): PackageCalls {
  const { method } = PackageService;
  return {
    async createPackage(pkg, options) {
      const response = await caller.call(method.createPackage, { package: pkg }, options);
      return response.packageId;
    },
    async getPackage(name, options) {
      const response = await orUndefined(caller.call(method.getPackage, { name }, options));
      return response?.package;
    },
    async listPackages(query = {}, options) {
      const response = await caller.call(method.listPackages, { ...query }, options);
      return { packages: response.packages, totalCount: response.totalCount };
    },
    async deletePackage(name, options) {
      await caller.call(method.deletePackage, { name }, options);
    },
    async deployClass(request, options) {
      const response = await caller.call(method.deployClass, request, options);
      return response.deploymentId;
    },
    async reportDeploymentStatus(deploymentId, status, options) {
      await caller.call(method.reportDeploymentStatus, { deploymentId, status }, options);
    },
  };
}
