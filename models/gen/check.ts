// Made by `deno task gen`; do not edit.
//
// Tells whether messages keep all rules, one function a message; what is wrong
// with one that doesn't is found by the walk.

import type { DescMessage } from "@bufbuild/protobuf";
import {
  NfrRequirementsSchema,
  ResourceRequirementsSchema,
  TimestampSchema,
} from "@oprc/proto/common";
import {
  CreatePackageRequestSchema,
  CreatePackageResponseSchema,
  DeletePackageRequestSchema,
  DeletePackageResponseSchema,
  DeployClassRequestSchema,
  DeployClassResponseSchema,
  DeploymentStatusSchema,
  FunctionBindingSchema,
  FunctionMetadataSchema,
  GetPackageRequestSchema,
  GetPackageResponseSchema,
  ListPackagesRequestSchema,
  ListPackagesResponseSchema,
  OClassSchema,
  OFunctionSchema,
  OPackageSchema,
  PackageMetadataSchema,
  ReportStatusRequestSchema,
  ReportStatusResponseSchema,
  StateSpecificationSchema,
} from "@oprc/proto/package";
import {
  DeleteDeploymentRequestSchema,
  DeleteDeploymentResponseSchema,
  DeploymentUnitSchema,
  DeployRequestSchema,
  DeployResponseSchema,
  FunctionDeploymentSpecSchema,
  GetDeploymentStatusRequestSchema,
  GetDeploymentStatusResponseSchema,
  OClassDeploymentSchema,
  ScaleDeploymentRequestSchema,
  ScaleDeploymentResponseSchema,
} from "@oprc/proto/deployment";
import {
  GetRuntimeStateRequestSchema,
  GetRuntimeStateResponseSchema,
  ListActiveInstancesRequestSchema,
  ListActiveInstancesResponseSchema,
  RuntimeStateSchema,
  UpdateRuntimeStateRequestSchema,
  UpdateRuntimeStateResponseSchema,
} from "@oprc/proto/runtime";
import { HealthCheckRequestSchema, HealthCheckResponseSchema } from "@oprc/proto/health";
import { isInt32, isInt64, isUint32 } from "../_quick_values.ts";
import {
  hasElements,
  isAmount,
  isCount,
  isLimitOfCpu,
  isLimitOfMemory,
  isNanos,
  isNotBlank,
  isPlainLimitOfCpu,
  isPlainLimitOfMemory,
  isShare,
} from "../_values.ts";
import {
  areBindingsUnique,
  arePartsUnique,
  isBindingReference,
  isKnownFunction,
  isNameOfPackage,
  isOwnFunction,
  isOwningPackage,
  isPackageNameAlone,
} from "../_references.ts";
import { isAccessModifier, isDeploymentStatus, isRuntimeStatus } from "../_status.ts";
import { isFunctionReference, isIdentifier, isKey, isPackageName, isVersion } from "../_names.ts";
import { type OpenScope, PackageScope } from "../_scope.ts";

// A check reads fields by name, and must bear values that no type allows.
// deno-lint-ignore no-explicit-any
type Loose = any;

/** Whether a message, which may be of any type in truth, keeps all rules. */
export type Check = (message: Loose, scope: OpenScope) => boolean;

/** The checks, by the schemas of their messages. */
export const checks: ReadonlyMap<DescMessage, Check> = new Map<DescMessage, Check>([
  [TimestampSchema, checkTimestamp],
  [ResourceRequirementsSchema, checkResourceRequirements],
  [NfrRequirementsSchema, checkNfrRequirements],
  [PackageMetadataSchema, checkPackageMetadata],
  [FunctionMetadataSchema, checkFunctionMetadata],
  [StateSpecificationSchema, checkStateSpecification],
  [FunctionBindingSchema, checkFunctionBinding],
  [OPackageSchema, checkOPackage],
  [OClassSchema, checkOClass],
  [OFunctionSchema, checkOFunction],
  [CreatePackageRequestSchema, checkCreatePackageRequest],
  [CreatePackageResponseSchema, checkCreatePackageResponse],
  [GetPackageRequestSchema, checkGetPackageRequest],
  [GetPackageResponseSchema, checkGetPackageResponse],
  [ListPackagesRequestSchema, checkListPackagesRequest],
  [ListPackagesResponseSchema, checkListPackagesResponse],
  [DeletePackageRequestSchema, checkDeletePackageRequest],
  [DeletePackageResponseSchema, checkDeletePackageResponse],
  [DeployClassRequestSchema, checkDeployClassRequest],
  [DeployClassResponseSchema, checkDeployClassResponse],
  [DeploymentStatusSchema, checkDeploymentStatus],
  [ReportStatusRequestSchema, checkReportStatusRequest],
  [ReportStatusResponseSchema, checkReportStatusResponse],
  [FunctionDeploymentSpecSchema, checkFunctionDeploymentSpec],
  [OClassDeploymentSchema, checkOClassDeployment],
  [DeploymentUnitSchema, checkDeploymentUnit],
  [DeployRequestSchema, checkDeployRequest],
  [DeployResponseSchema, checkDeployResponse],
  [GetDeploymentStatusRequestSchema, checkGetDeploymentStatusRequest],
  [GetDeploymentStatusResponseSchema, checkGetDeploymentStatusResponse],
  [ScaleDeploymentRequestSchema, checkScaleDeploymentRequest],
  [ScaleDeploymentResponseSchema, checkScaleDeploymentResponse],
  [DeleteDeploymentRequestSchema, checkDeleteDeploymentRequest],
  [DeleteDeploymentResponseSchema, checkDeleteDeploymentResponse],
  [RuntimeStateSchema, checkRuntimeState],
  [GetRuntimeStateRequestSchema, checkGetRuntimeStateRequest],
  [GetRuntimeStateResponseSchema, checkGetRuntimeStateResponse],
  [UpdateRuntimeStateRequestSchema, checkUpdateRuntimeStateRequest],
  [UpdateRuntimeStateResponseSchema, checkUpdateRuntimeStateResponse],
  [ListActiveInstancesRequestSchema, checkListActiveInstancesRequest],
  [ListActiveInstancesResponseSchema, checkListActiveInstancesResponse],
  [HealthCheckRequestSchema, checkHealthCheckRequest],
  [HealthCheckResponseSchema, checkHealthCheckResponse],
]);

function checkTimestamp(m: Loose, _s: OpenScope): boolean {
  if (typeof m !== "object" || m === null || m.$typeName !== "oaas.common.Timestamp") return false;
  const v1 = m.seconds;
  if (!isInt64(v1)) return false;
  const v2 = m.nanos;
  if (!isInt32(v2) || !isNanos(v2)) return false;
  return true;
}

function checkResourceRequirements(m: Loose, _s: OpenScope): boolean {
  if (typeof m !== "object" || m === null || m.$typeName !== "oaas.common.ResourceRequirements") {
    return false;
  }
  const v1 = m.cpuRequest;
  if (typeof v1 !== "string" || (v1 !== "" && !isAmount(v1))) return false;
  const v2 = m.memoryRequest;
  if (typeof v2 !== "string" || (v2 !== "" && !isAmount(v2))) return false;
  const v3 = m.cpuLimit;
  if (
    v3 !== undefined &&
    (typeof v3 !== "string" ||
      (!isPlainLimitOfCpu(v3, m) && (!isAmount(v3) || !isLimitOfCpu(v3, m))))
  ) return false;
  const v4 = m.memoryLimit;
  if (
    v4 !== undefined &&
    (typeof v4 !== "string" ||
      (!isPlainLimitOfMemory(v4, m) && (!isAmount(v4) || !isLimitOfMemory(v4, m))))
  ) return false;
  return true;
}

function checkNfrRequirements(m: Loose, _s: OpenScope): boolean {
  if (typeof m !== "object" || m === null || m.$typeName !== "oaas.common.NfrRequirements") {
    return false;
  }
  const v1 = m.maxLatencyMs;
  if (v1 !== undefined && (!isUint32(v1) || !isCount(v1))) return false;
  const v2 = m.minThroughputRps;
  if (v2 !== undefined && (!isUint32(v2) || !isCount(v2))) return false;
  const v3 = m.availability;
  if (v3 !== undefined && (typeof v3 !== "number" || !isShare(v3))) return false;
  const v4 = m.cpuUtilizationTarget;
  if (v4 !== undefined && (typeof v4 !== "number" || !isShare(v4))) return false;
  return true;
}

function checkPackageMetadata(m: Loose, s: OpenScope): boolean {
  if (typeof m !== "object" || m === null || m.$typeName !== "oaas.package.PackageMetadata") {
    return false;
  }
  const v1 = m.author;
  if (typeof v1 !== "string" || !v1.isWellFormed()) return false;
  const v2 = m.description;
  if (typeof v2 !== "string" || !v2.isWellFormed()) return false;
  const v3 = m.tags;
  if (!Array.isArray(v3)) return false;
  for (let i = 0; i < v3.length; i++) {
    const e = v3[i];
    if (typeof e !== "string" || !e.isWellFormed()) return false;
  }
  const v4 = m.createdAt;
  if (v4 !== undefined && (!checkTimestamp(v4, s))) return false;
  const v5 = m.updatedAt;
  if (v5 !== undefined && (!checkTimestamp(v5, s))) return false;
  return true;
}

function checkFunctionMetadata(m: Loose, s: OpenScope): boolean {
  if (typeof m !== "object" || m === null || m.$typeName !== "oaas.package.FunctionMetadata") {
    return false;
  }
  const v1 = m.description;
  if (typeof v1 !== "string" || !v1.isWellFormed()) return false;
  const v2 = m.parameters;
  if (!Array.isArray(v2)) return false;
  for (let i = 0; i < v2.length; i++) {
    const e = v2[i];
    if (typeof e !== "string" || !e.isWellFormed()) return false;
  }
  const v3 = m.returnType;
  if (typeof v3 !== "string" || !v3.isWellFormed()) return false;
  const v4 = m.resourceRequirements;
  if (v4 !== undefined && (!checkResourceRequirements(v4, s))) return false;
  return true;
}

function checkStateSpecification(m: Loose, _s: OpenScope): boolean {
  if (typeof m !== "object" || m === null || m.$typeName !== "oaas.package.StateSpecification") {
    return false;
  }
  const v1 = m.type;
  if (typeof v1 !== "string" || !v1.isWellFormed()) return false;
  const v2 = m.persistent;
  if (typeof v2 !== "boolean") return false;
  const v3 = m.serializationFormat;
  if (typeof v3 !== "string" || !v3.isWellFormed()) return false;
  return true;
}

function checkFunctionBinding(m: Loose, s: OpenScope): boolean {
  if (typeof m !== "object" || m === null || m.$typeName !== "oaas.package.FunctionBinding") {
    return false;
  }
  const v1 = m.functionKey;
  if (
    typeof v1 !== "string" ||
    (!isOwnFunction(v1, m, s) &&
      (!isNotBlank(v1) || !isBindingReference(v1, m, s) || !isKnownFunction(v1, m, s) ||
        !v1.isWellFormed()))
  ) return false;
  const v2 = m.accessModifier;
  if (typeof v2 !== "string" || (v2 !== "" && !isAccessModifier(v2)) || !v2.isWellFormed()) {
    return false;
  }
  const v3 = m.parameters;
  if (!Array.isArray(v3)) return false;
  for (let i = 0; i < v3.length; i++) {
    const e = v3[i];
    if (typeof e !== "string" || !e.isWellFormed()) return false;
  }
  return true;
}

function checkOPackage(m: Loose, s: OpenScope): boolean {
  if (typeof m !== "object" || m === null || m.$typeName !== "oaas.package.OPackage") return false;
  const outer = s.package;
  s.package = new PackageScope(m);
  const v1 = m.name;
  if (typeof v1 !== "string" || !isPackageName(v1)) return false;
  const v2 = m.version;
  if (v2 !== undefined && (typeof v2 !== "string" || !isVersion(v2))) return false;
  const v3 = m.classes;
  if (!Array.isArray(v3)) return false;
  for (let i = 0; i < v3.length; i++) {
    const e = v3[i];
    if (!checkOClass(e, s)) return false;
  }
  const v4 = m.functions;
  if (!Array.isArray(v4)) return false;
  for (let i = 0; i < v4.length; i++) {
    const e = v4[i];
    if (!checkOFunction(e, s)) return false;
  }
  const v5 = m.dependencies;
  if (!Array.isArray(v5)) return false;
  for (let i = 0; i < v5.length; i++) {
    const e = v5[i];
    if (typeof e !== "string" || !isPackageName(e)) return false;
  }
  const v6 = m.metadata;
  if (v6 !== undefined && (!checkPackageMetadata(v6, s))) return false;
  const v7 = m.disabled;
  if (typeof v7 !== "boolean") return false;
  if (!arePartsUnique(m, s)) return false;
  s.package = outer;
  return true;
}

function checkOClass(m: Loose, s: OpenScope): boolean {
  if (typeof m !== "object" || m === null || m.$typeName !== "oaas.package.OClass") return false;
  const v1 = m.key;
  if (typeof v1 !== "string" || !isKey(v1)) return false;
  const v2 = m.name;
  if (typeof v2 !== "string" || !isNotBlank(v2) || !v2.isWellFormed()) return false;
  const v3 = m.package;
  if (
    typeof v3 !== "string" ||
    (!isNameOfPackage(v3, m, s) &&
      (!isNotBlank(v3) || !isPackageNameAlone(v3, m, s) || !isOwningPackage(v3, m, s) ||
        !v3.isWellFormed()))
  ) return false;
  const v4 = m.functions;
  if (!Array.isArray(v4) || !hasElements(v4)) return false;
  for (let i = 0; i < v4.length; i++) {
    const e = v4[i];
    if (!checkFunctionBinding(e, s)) return false;
  }
  const v5 = m.stateSpec;
  if (v5 !== undefined && (!checkStateSpecification(v5, s))) return false;
  const v6 = m.disabled;
  if (typeof v6 !== "boolean") return false;
  if (!areBindingsUnique(m)) return false;
  return true;
}

function checkOFunction(m: Loose, s: OpenScope): boolean {
  if (typeof m !== "object" || m === null || m.$typeName !== "oaas.package.OFunction") return false;
  const v1 = m.key;
  if (typeof v1 !== "string" || !isKey(v1)) return false;
  const v2 = m.name;
  if (typeof v2 !== "string" || !isNotBlank(v2) || !v2.isWellFormed()) return false;
  const v3 = m.package;
  if (
    typeof v3 !== "string" ||
    (!isNameOfPackage(v3, m, s) &&
      (!isNotBlank(v3) || !isPackageNameAlone(v3, m, s) || !isOwningPackage(v3, m, s) ||
        !v3.isWellFormed()))
  ) return false;
  const v4 = m.runtime;
  if (typeof v4 !== "string" || !isNotBlank(v4) || !v4.isWellFormed()) return false;
  const v5 = m.handler;
  if (typeof v5 !== "string" || !isNotBlank(v5) || !v5.isWellFormed()) return false;
  const v6 = m.metadata;
  if (v6 !== undefined && (!checkFunctionMetadata(v6, s))) return false;
  const v7 = m.disabled;
  if (typeof v7 !== "boolean") return false;
  return true;
}

function checkCreatePackageRequest(m: Loose, s: OpenScope): boolean {
  if (typeof m !== "object" || m === null || m.$typeName !== "oaas.package.CreatePackageRequest") {
    return false;
  }
  const v1 = m.package;
  if (!checkOPackage(v1, s)) return false;
  return true;
}

function checkCreatePackageResponse(m: Loose, _s: OpenScope): boolean {
  if (typeof m !== "object" || m === null || m.$typeName !== "oaas.package.CreatePackageResponse") {
    return false;
  }
  const v1 = m.status;
  if (!isInt32(v1)) return false;
  const v2 = m.packageId;
  if (typeof v2 !== "string" || !v2.isWellFormed()) return false;
  const v3 = m.message;
  if (v3 !== undefined && (typeof v3 !== "string" || !v3.isWellFormed())) return false;
  return true;
}

function checkGetPackageRequest(m: Loose, _s: OpenScope): boolean {
  if (typeof m !== "object" || m === null || m.$typeName !== "oaas.package.GetPackageRequest") {
    return false;
  }
  const v1 = m.name;
  if (typeof v1 !== "string" || !isPackageName(v1)) return false;
  return true;
}

function checkGetPackageResponse(m: Loose, s: OpenScope): boolean {
  if (typeof m !== "object" || m === null || m.$typeName !== "oaas.package.GetPackageResponse") {
    return false;
  }
  const v1 = m.status;
  if (!isInt32(v1)) return false;
  const v2 = m.package;
  if (v2 !== undefined && (!checkOPackage(v2, s))) return false;
  const v3 = m.message;
  if (v3 !== undefined && (typeof v3 !== "string" || !v3.isWellFormed())) return false;
  return true;
}

function checkListPackagesRequest(m: Loose, _s: OpenScope): boolean {
  if (typeof m !== "object" || m === null || m.$typeName !== "oaas.package.ListPackagesRequest") {
    return false;
  }
  const v1 = m.filter;
  if (v1 !== undefined && (typeof v1 !== "string" || !v1.isWellFormed())) return false;
  const v2 = m.limit;
  if (!isUint32(v2)) return false;
  const v3 = m.offset;
  if (!isUint32(v3)) return false;
  return true;
}

function checkListPackagesResponse(m: Loose, s: OpenScope): boolean {
  if (typeof m !== "object" || m === null || m.$typeName !== "oaas.package.ListPackagesResponse") {
    return false;
  }
  const v1 = m.status;
  if (!isInt32(v1)) return false;
  const v2 = m.packages;
  if (!Array.isArray(v2)) return false;
  for (let i = 0; i < v2.length; i++) {
    const e = v2[i];
    if (!checkOPackage(e, s)) return false;
  }
  const v3 = m.totalCount;
  if (!isUint32(v3)) return false;
  const v4 = m.message;
  if (v4 !== undefined && (typeof v4 !== "string" || !v4.isWellFormed())) return false;
  return true;
}

function checkDeletePackageRequest(m: Loose, _s: OpenScope): boolean {
  if (typeof m !== "object" || m === null || m.$typeName !== "oaas.package.DeletePackageRequest") {
    return false;
  }
  const v1 = m.name;
  if (typeof v1 !== "string" || !isPackageName(v1)) return false;
  return true;
}

function checkDeletePackageResponse(m: Loose, _s: OpenScope): boolean {
  if (typeof m !== "object" || m === null || m.$typeName !== "oaas.package.DeletePackageResponse") {
    return false;
  }
  const v1 = m.status;
  if (!isInt32(v1)) return false;
  const v2 = m.message;
  if (v2 !== undefined && (typeof v2 !== "string" || !v2.isWellFormed())) return false;
  return true;
}

function checkDeployClassRequest(m: Loose, s: OpenScope): boolean {
  if (typeof m !== "object" || m === null || m.$typeName !== "oaas.package.DeployClassRequest") {
    return false;
  }
  const v1 = m.packageName;
  if (typeof v1 !== "string" || !isPackageName(v1)) return false;
  const v2 = m.classKey;
  if (typeof v2 !== "string" || !isKey(v2)) return false;
  const v3 = m.targetEnv;
  if (typeof v3 !== "string" || !isIdentifier(v3)) return false;
  const v4 = m.targetClusters;
  if (!Array.isArray(v4)) return false;
  for (let i = 0; i < v4.length; i++) {
    const e = v4[i];
    if (typeof e !== "string" || !isIdentifier(e)) return false;
  }
  const v5 = m.nfrRequirements;
  if (v5 !== undefined && (!checkNfrRequirements(v5, s))) return false;
  return true;
}

function checkDeployClassResponse(m: Loose, _s: OpenScope): boolean {
  if (typeof m !== "object" || m === null || m.$typeName !== "oaas.package.DeployClassResponse") {
    return false;
  }
  const v1 = m.status;
  if (!isInt32(v1)) return false;
  const v2 = m.deploymentId;
  if (typeof v2 !== "string" || !v2.isWellFormed()) return false;
  const v3 = m.message;
  if (v3 !== undefined && (typeof v3 !== "string" || !v3.isWellFormed())) return false;
  return true;
}

function checkDeploymentStatus(m: Loose, s: OpenScope): boolean {
  if (typeof m !== "object" || m === null || m.$typeName !== "oaas.package.DeploymentStatus") {
    return false;
  }
  const v1 = m.deploymentId;
  if (typeof v1 !== "string" || (v1 !== "" && !isIdentifier(v1))) return false;
  const v2 = m.status;
  if (typeof v2 !== "string" || !isDeploymentStatus(v2)) return false;
  const v3 = m.message;
  if (v3 !== undefined && (typeof v3 !== "string" || !v3.isWellFormed())) return false;
  const v4 = m.updatedAt;
  if (v4 !== undefined && (!checkTimestamp(v4, s))) return false;
  return true;
}

function checkReportStatusRequest(m: Loose, s: OpenScope): boolean {
  if (typeof m !== "object" || m === null || m.$typeName !== "oaas.package.ReportStatusRequest") {
    return false;
  }
  const v1 = m.deploymentId;
  if (typeof v1 !== "string" || !isIdentifier(v1)) return false;
  const v2 = m.status;
  if (!checkDeploymentStatus(v2, s)) return false;
  return true;
}

function checkReportStatusResponse(m: Loose, _s: OpenScope): boolean {
  if (typeof m !== "object" || m === null || m.$typeName !== "oaas.package.ReportStatusResponse") {
    return false;
  }
  const v1 = m.status;
  if (!isInt32(v1)) return false;
  const v2 = m.message;
  if (v2 !== undefined && (typeof v2 !== "string" || !v2.isWellFormed())) return false;
  return true;
}

function checkFunctionDeploymentSpec(m: Loose, s: OpenScope): boolean {
  if (
    typeof m !== "object" || m === null || m.$typeName !== "oaas.deployment.FunctionDeploymentSpec"
  ) return false;
  const v1 = m.functionKey;
  if (typeof v1 !== "string" || !isNotBlank(v1) || !isFunctionReference(v1) || !v1.isWellFormed()) {
    return false;
  }
  const v2 = m.replicas;
  if (!isUint32(v2) || !isCount(v2)) return false;
  const v3 = m.resourceRequirements;
  if (v3 !== undefined && (!checkResourceRequirements(v3, s))) return false;
  return true;
}

function checkOClassDeployment(m: Loose, s: OpenScope): boolean {
  if (typeof m !== "object" || m === null || m.$typeName !== "oaas.deployment.OClassDeployment") {
    return false;
  }
  const v1 = m.key;
  if (typeof v1 !== "string" || !isIdentifier(v1)) return false;
  const v2 = m.packageName;
  if (typeof v2 !== "string" || !isPackageName(v2)) return false;
  const v3 = m.classKey;
  if (typeof v3 !== "string" || !isKey(v3)) return false;
  const v4 = m.targetEnv;
  if (typeof v4 !== "string" || !isIdentifier(v4)) return false;
  const v5 = m.targetClusters;
  if (!Array.isArray(v5) || !hasElements(v5)) return false;
  for (let i = 0; i < v5.length; i++) {
    const e = v5[i];
    if (typeof e !== "string" || !isIdentifier(e)) return false;
  }
  const v6 = m.nfrRequirements;
  if (v6 !== undefined && (!checkNfrRequirements(v6, s))) return false;
  const v7 = m.functions;
  if (!Array.isArray(v7)) return false;
  for (let i = 0; i < v7.length; i++) {
    const e = v7[i];
    if (!checkFunctionDeploymentSpec(e, s)) return false;
  }
  const v8 = m.createdAt;
  if (v8 !== undefined && (!checkTimestamp(v8, s))) return false;
  return true;
}

function checkDeploymentUnit(m: Loose, s: OpenScope): boolean {
  if (typeof m !== "object" || m === null || m.$typeName !== "oaas.deployment.DeploymentUnit") {
    return false;
  }
  const v1 = m.id;
  if (typeof v1 !== "string" || !isIdentifier(v1)) return false;
  const v2 = m.packageName;
  if (typeof v2 !== "string" || !isPackageName(v2)) return false;
  const v3 = m.classKey;
  if (typeof v3 !== "string" || !isKey(v3)) return false;
  const v4 = m.targetCluster;
  if (typeof v4 !== "string" || !isIdentifier(v4)) return false;
  const v5 = m.functions;
  if (!Array.isArray(v5)) return false;
  for (let i = 0; i < v5.length; i++) {
    const e = v5[i];
    if (!checkFunctionDeploymentSpec(e, s)) return false;
  }
  const v6 = m.targetEnv;
  if (typeof v6 !== "string" || !isIdentifier(v6)) return false;
  const v7 = m.nfrRequirements;
  if (v7 !== undefined && (!checkNfrRequirements(v7, s))) return false;
  const v8 = m.createdAt;
  if (v8 !== undefined && (!checkTimestamp(v8, s))) return false;
  return true;
}

function checkDeployRequest(m: Loose, s: OpenScope): boolean {
  if (typeof m !== "object" || m === null || m.$typeName !== "oaas.deployment.DeployRequest") {
    return false;
  }
  const v1 = m.deploymentUnit;
  if (!checkDeploymentUnit(v1, s)) return false;
  return true;
}

function checkDeployResponse(m: Loose, _s: OpenScope): boolean {
  if (typeof m !== "object" || m === null || m.$typeName !== "oaas.deployment.DeployResponse") {
    return false;
  }
  const v1 = m.status;
  if (!isInt32(v1)) return false;
  const v2 = m.deploymentId;
  if (typeof v2 !== "string" || !v2.isWellFormed()) return false;
  const v3 = m.message;
  if (v3 !== undefined && (typeof v3 !== "string" || !v3.isWellFormed())) return false;
  return true;
}

function checkGetDeploymentStatusRequest(m: Loose, _s: OpenScope): boolean {
  if (
    typeof m !== "object" || m === null ||
    m.$typeName !== "oaas.deployment.GetDeploymentStatusRequest"
  ) return false;
  const v1 = m.deploymentId;
  if (typeof v1 !== "string" || !isIdentifier(v1)) return false;
  return true;
}

function checkGetDeploymentStatusResponse(m: Loose, s: OpenScope): boolean {
  if (
    typeof m !== "object" || m === null ||
    m.$typeName !== "oaas.deployment.GetDeploymentStatusResponse"
  ) return false;
  const v1 = m.status;
  if (!isInt32(v1)) return false;
  const v2 = m.deployment;
  if (v2 !== undefined && (!checkOClassDeployment(v2, s))) return false;
  const v3 = m.message;
  if (v3 !== undefined && (typeof v3 !== "string" || !v3.isWellFormed())) return false;
  return true;
}

function checkScaleDeploymentRequest(m: Loose, _s: OpenScope): boolean {
  if (
    typeof m !== "object" || m === null || m.$typeName !== "oaas.deployment.ScaleDeploymentRequest"
  ) return false;
  const v1 = m.deploymentId;
  if (typeof v1 !== "string" || !isIdentifier(v1)) return false;
  const v2 = m.targetReplicas;
  if (!isUint32(v2) || !isCount(v2)) return false;
  return true;
}

function checkScaleDeploymentResponse(m: Loose, _s: OpenScope): boolean {
  if (
    typeof m !== "object" || m === null || m.$typeName !== "oaas.deployment.ScaleDeploymentResponse"
  ) return false;
  const v1 = m.status;
  if (!isInt32(v1)) return false;
  const v2 = m.message;
  if (v2 !== undefined && (typeof v2 !== "string" || !v2.isWellFormed())) return false;
  return true;
}

function checkDeleteDeploymentRequest(m: Loose, _s: OpenScope): boolean {
  if (
    typeof m !== "object" || m === null || m.$typeName !== "oaas.deployment.DeleteDeploymentRequest"
  ) return false;
  const v1 = m.deploymentId;
  if (typeof v1 !== "string" || !isIdentifier(v1)) return false;
  return true;
}

function checkDeleteDeploymentResponse(m: Loose, _s: OpenScope): boolean {
  if (
    typeof m !== "object" || m === null ||
    m.$typeName !== "oaas.deployment.DeleteDeploymentResponse"
  ) return false;
  const v1 = m.status;
  if (!isInt32(v1)) return false;
  const v2 = m.message;
  if (v2 !== undefined && (typeof v2 !== "string" || !v2.isWellFormed())) return false;
  return true;
}

function checkRuntimeState(m: Loose, s: OpenScope): boolean {
  if (typeof m !== "object" || m === null || m.$typeName !== "oaas.runtime.RuntimeState") {
    return false;
  }
  const v1 = m.instanceId;
  if (typeof v1 !== "string" || !isIdentifier(v1)) return false;
  const v2 = m.deploymentId;
  if (typeof v2 !== "string" || !isIdentifier(v2)) return false;
  const v3 = m.status;
  if (typeof v3 !== "string" || !isRuntimeStatus(v3)) return false;
  const v4 = m.currentResources;
  if (v4 !== undefined && (!checkResourceRequirements(v4, s))) return false;
  const v5 = m.lastHeartbeat;
  if (v5 !== undefined && (!checkTimestamp(v5, s))) return false;
  const v6 = m.metadata;
  if (typeof v6 !== "object" || v6 === null || Array.isArray(v6)) return false;
  for (const key in v6) {
    const e = v6[key];
    if (typeof e !== "string" || !e.isWellFormed() || !key.isWellFormed()) return false;
  }
  return true;
}

function checkGetRuntimeStateRequest(m: Loose, _s: OpenScope): boolean {
  if (
    typeof m !== "object" || m === null || m.$typeName !== "oaas.runtime.GetRuntimeStateRequest"
  ) return false;
  const v1 = m.instanceId;
  if (typeof v1 !== "string" || !isIdentifier(v1)) return false;
  return true;
}

function checkGetRuntimeStateResponse(m: Loose, s: OpenScope): boolean {
  if (
    typeof m !== "object" || m === null || m.$typeName !== "oaas.runtime.GetRuntimeStateResponse"
  ) return false;
  const v1 = m.status;
  if (!isInt32(v1)) return false;
  const v2 = m.runtimeState;
  if (v2 !== undefined && (!checkRuntimeState(v2, s))) return false;
  const v3 = m.message;
  if (v3 !== undefined && (typeof v3 !== "string" || !v3.isWellFormed())) return false;
  return true;
}

function checkUpdateRuntimeStateRequest(m: Loose, s: OpenScope): boolean {
  if (
    typeof m !== "object" || m === null || m.$typeName !== "oaas.runtime.UpdateRuntimeStateRequest"
  ) return false;
  const v1 = m.runtimeState;
  if (!checkRuntimeState(v1, s)) return false;
  return true;
}

function checkUpdateRuntimeStateResponse(m: Loose, _s: OpenScope): boolean {
  if (
    typeof m !== "object" || m === null || m.$typeName !== "oaas.runtime.UpdateRuntimeStateResponse"
  ) return false;
  const v1 = m.status;
  if (!isInt32(v1)) return false;
  const v2 = m.message;
  if (v2 !== undefined && (typeof v2 !== "string" || !v2.isWellFormed())) return false;
  return true;
}

function checkListActiveInstancesRequest(m: Loose, _s: OpenScope): boolean {
  if (
    typeof m !== "object" || m === null || m.$typeName !== "oaas.runtime.ListActiveInstancesRequest"
  ) return false;
  const v1 = m.deploymentId;
  if (v1 !== undefined && (typeof v1 !== "string" || (v1 !== "" && !isIdentifier(v1)))) {
    return false;
  }
  const v2 = m.limit;
  if (!isUint32(v2)) return false;
  const v3 = m.offset;
  if (!isUint32(v3)) return false;
  return true;
}

function checkListActiveInstancesResponse(m: Loose, s: OpenScope): boolean {
  if (
    typeof m !== "object" || m === null ||
    m.$typeName !== "oaas.runtime.ListActiveInstancesResponse"
  ) return false;
  const v1 = m.status;
  if (!isInt32(v1)) return false;
  const v2 = m.instances;
  if (!Array.isArray(v2)) return false;
  for (let i = 0; i < v2.length; i++) {
    const e = v2[i];
    if (!checkRuntimeState(e, s)) return false;
  }
  const v3 = m.totalCount;
  if (!isUint32(v3)) return false;
  const v4 = m.message;
  if (v4 !== undefined && (typeof v4 !== "string" || !v4.isWellFormed())) return false;
  return true;
}

function checkHealthCheckRequest(m: Loose, _s: OpenScope): boolean {
  if (typeof m !== "object" || m === null || m.$typeName !== "oaas.health.HealthCheckRequest") {
    return false;
  }
  const v1 = m.service;
  if (typeof v1 !== "string" || !v1.isWellFormed()) return false;
  return true;
}

function checkHealthCheckResponse(m: Loose, _s: OpenScope): boolean {
  if (typeof m !== "object" || m === null || m.$typeName !== "oaas.health.HealthCheckResponse") {
    return false;
  }
  const v1 = m.status;
  if (!isInt32(v1)) return false;
  return true;
}
