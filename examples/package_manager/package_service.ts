/** PackageService, answered from the catalog and the deployer. */
import { Code, ConnectError } from "@connectrpc/connect";
import type { PackageServiceHandler } from "@oprc/grpc";
import { StatusCode } from "@oprc/proto/common";
import { sliceOf } from "../common/slice.ts";
import type { PackageCatalog } from "./catalog.ts";
import type { Deployer } from "./deployer.ts";
import { parsePackageQuery } from "./package_query.ts";

/** Makes the handler of PackageService. */
export function packageHandler(catalog: PackageCatalog, deployer: Deployer): PackageServiceHandler {
  return {
    async createPackage(request, { signal }) {
      if (request.package === undefined) throw missing("package");
      await catalog.create(request.package, signal);
      return { status: StatusCode.OK, packageId: request.package.name };
    },
    async getPackage(request, { signal }) {
      const { value } = await catalog.get(request.name, signal);
      return { status: StatusCode.OK, package: value };
    },
    async listPackages(request, { signal }) {
      const query = parsePackageQuery(request.filter ?? "");
      const { items, totalCount } = await catalog.list(query, sliceOf(request), signal);
      return { status: StatusCode.OK, packages: items, totalCount };
    },
    async deletePackage(request, { signal }) {
      await catalog.delete(request.name, signal);
      return { status: StatusCode.OK };
    },
    async deployClass(request, { signal }) {
      const deploymentId = await deployer.deployClass(request, signal);
      return { status: StatusCode.OK, deploymentId };
    },
    async reportDeploymentStatus(request, { signal }) {
      if (request.status === undefined) throw missing("status");
      const id = request.deploymentId || request.status.deploymentId;
      if (request.status.deploymentId !== "" && request.status.deploymentId !== id) {
        throw new ConnectError(
          `deployment_id is "${id}", and status.deployment_id is "${request.status.deploymentId}"`,
          Code.InvalidArgument,
        );
      }
      await deployer.report(id, request.status, signal);
      return { status: StatusCode.OK };
    },
  };
}

function missing(field: string): ConnectError {
  return new ConnectError(`${field} is missing from the request`, Code.InvalidArgument);
}
