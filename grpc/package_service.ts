import {
  type CreatePackageRequest,
  type CreatePackageResponseSchema,
  type DeletePackageRequest,
  type DeletePackageResponseSchema,
  type DeployClassRequest,
  type DeployClassResponseSchema,
  type GetPackageRequest,
  type GetPackageResponseSchema,
  type ListPackagesRequest,
  type ListPackagesResponseSchema,
  PackageService,
  type ReportStatusRequest,
  type ReportStatusResponseSchema,
} from "@oprc/proto/package";
import {
  type Answer,
  type CallContext,
  registerService,
  type ServiceRegistration,
} from "./registration.ts";

/**
 * Answers the Package Manager's service, one method for each call. What a method throws goes
 * through {@linkcode toConnectError}, so it may throw a `ConnectError`, a
 * `ValidationError` or a `StorageError` as it is.
 */
export interface PackageServiceHandler {
  /** Stores a new package. */
  createPackage(
    request: CreatePackageRequest,
    context: CallContext,
  ): Answer<typeof CreatePackageResponseSchema>;
  /** Reads one package by its name. */
  getPackage(
    request: GetPackageRequest,
    context: CallContext,
  ): Answer<typeof GetPackageResponseSchema>;
  /** Lists packages in the order of their names. */
  listPackages(
    request: ListPackagesRequest,
    context: CallContext,
  ): Answer<typeof ListPackagesResponseSchema>;
  /** Deletes a package that nothing depends on. */
  deletePackage(
    request: DeletePackageRequest,
    context: CallContext,
  ): Answer<typeof DeletePackageResponseSchema>;
  /** Deploys a class of a stored package to one or more clusters. */
  deployClass(
    request: DeployClassRequest,
    context: CallContext,
  ): Answer<typeof DeployClassResponseSchema>;
  /** Takes what a cluster says of its deployment. */
  reportDeploymentStatus(
    request: ReportStatusRequest,
    context: CallContext,
  ): Answer<typeof ReportStatusResponseSchema>;
}

/**
 * Registers a handler of the Package Manager's service for {@linkcode serve} or {@linkcode inProcess}.
 *
 * @throws {TypeError} when the handler lacks a method.
 */
export function packageService(handler: PackageServiceHandler): ServiceRegistration {
  return registerService(PackageService, handler);
}
