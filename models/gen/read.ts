// Made by `deno task gen`; do not edit.
//
// Makes messages of what JSON.parse returns, one function a message. They know the
// common case only, and answer undefined for anything else: an unknown key, a
// value of another type, a key in both spellings. The texts are taken to be
// well-formed, and lists and maps of texts are used as they are.

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
import {
  int64Of,
  isInt32,
  isTextList,
  isTextMap,
  isUint32,
  type Tally,
  timestampOf,
} from "../_quick_values.ts";

// deno-lint-ignore no-explicit-any
type Loose = any;

/** Makes a message of a value, and counts the keys on the way. */
export type QuickRead = (value: Loose, tally: Tally) => Loose;

/** The readers, by the schemas of their messages. */
export const quickReaders: ReadonlyMap<DescMessage, QuickRead> = new Map<DescMessage, QuickRead>([
  [TimestampSchema, readTimestamp],
  [ResourceRequirementsSchema, readResourceRequirements],
  [NfrRequirementsSchema, readNfrRequirements],
  [PackageMetadataSchema, readPackageMetadata],
  [FunctionMetadataSchema, readFunctionMetadata],
  [StateSpecificationSchema, readStateSpecification],
  [FunctionBindingSchema, readFunctionBinding],
  [OPackageSchema, readOPackage],
  [OClassSchema, readOClass],
  [OFunctionSchema, readOFunction],
  [CreatePackageRequestSchema, readCreatePackageRequest],
  [CreatePackageResponseSchema, readCreatePackageResponse],
  [GetPackageRequestSchema, readGetPackageRequest],
  [GetPackageResponseSchema, readGetPackageResponse],
  [ListPackagesRequestSchema, readListPackagesRequest],
  [ListPackagesResponseSchema, readListPackagesResponse],
  [DeletePackageRequestSchema, readDeletePackageRequest],
  [DeletePackageResponseSchema, readDeletePackageResponse],
  [DeployClassRequestSchema, readDeployClassRequest],
  [DeployClassResponseSchema, readDeployClassResponse],
  [DeploymentStatusSchema, readDeploymentStatus],
  [ReportStatusRequestSchema, readReportStatusRequest],
  [ReportStatusResponseSchema, readReportStatusResponse],
  [FunctionDeploymentSpecSchema, readFunctionDeploymentSpec],
  [OClassDeploymentSchema, readOClassDeployment],
  [DeploymentUnitSchema, readDeploymentUnit],
  [DeployRequestSchema, readDeployRequest],
  [DeployResponseSchema, readDeployResponse],
  [GetDeploymentStatusRequestSchema, readGetDeploymentStatusRequest],
  [GetDeploymentStatusResponseSchema, readGetDeploymentStatusResponse],
  [ScaleDeploymentRequestSchema, readScaleDeploymentRequest],
  [ScaleDeploymentResponseSchema, readScaleDeploymentResponse],
  [DeleteDeploymentRequestSchema, readDeleteDeploymentRequest],
  [DeleteDeploymentResponseSchema, readDeleteDeploymentResponse],
  [RuntimeStateSchema, readRuntimeState],
  [GetRuntimeStateRequestSchema, readGetRuntimeStateRequest],
  [GetRuntimeStateResponseSchema, readGetRuntimeStateResponse],
  [UpdateRuntimeStateRequestSchema, readUpdateRuntimeStateRequest],
  [UpdateRuntimeStateResponseSchema, readUpdateRuntimeStateResponse],
  [ListActiveInstancesRequestSchema, readListActiveInstancesRequest],
  [ListActiveInstancesResponseSchema, readListActiveInstancesResponse],
  [HealthCheckRequestSchema, readHealthCheckRequest],
  [HealthCheckResponseSchema, readHealthCheckResponse],
]);

const numbersOfStatusCode: ReadonlyMap<unknown, number> = new Map([
  ["OK", 0],
  ["ERROR", 1],
  ["NOT_FOUND", 2],
  ["INVALID_REQUEST", 3],
  ["INTERNAL_ERROR", 4],
]);
const numbersOfServingStatus: ReadonlyMap<unknown, number> = new Map([
  ["UNKNOWN", 0],
  ["SERVING", 1],
  ["NOT_SERVING", 2],
  ["SERVICE_UNKNOWN", 3],
]);

function readTimestamp(value: Loose, tally: Tally): Loose {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return typeof value === "string" ? timestampOf(value) : undefined;
  }
  const m: Loose = { $typeName: "oaas.common.Timestamp", seconds: 0n, nanos: 0 };
  for (const key in value) {
    tally.keys++;
    const v = value[key];
    switch (key) {
      case "seconds":
        if (v === null) break;
        {
          const made = int64Of(v);
          if (made === undefined) return undefined;
          m.seconds = made;
        }
        break;
      case "nanos":
        if (v === null) break;
        if (!(isInt32(v))) return undefined;
        m.nanos = v;
        break;
      default:
        return undefined;
    }
  }
  return m;
}

function readResourceRequirements(value: Loose, tally: Tally): Loose {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return undefined;
  }
  const m: Loose = {
    $typeName: "oaas.common.ResourceRequirements",
    cpuRequest: "",
    memoryRequest: "",
  };
  let given = 0;
  for (const key in value) {
    tally.keys++;
    const v = value[key];
    switch (key) {
      case "cpu_request":
      case "cpuRequest":
        if ((given & 1) !== 0) return undefined;
        given |= 1;
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.cpuRequest = v;
        break;
      case "memory_request":
      case "memoryRequest":
        if ((given & 2) !== 0) return undefined;
        given |= 2;
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.memoryRequest = v;
        break;
      case "cpu_limit":
      case "cpuLimit":
        if ((given & 4) !== 0) return undefined;
        given |= 4;
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.cpuLimit = v;
        break;
      case "memory_limit":
      case "memoryLimit":
        if ((given & 8) !== 0) return undefined;
        given |= 8;
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.memoryLimit = v;
        break;
      default:
        return undefined;
    }
  }
  return m;
}

function readNfrRequirements(value: Loose, tally: Tally): Loose {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return undefined;
  }
  const m: Loose = { $typeName: "oaas.common.NfrRequirements" };
  let given = 0;
  for (const key in value) {
    tally.keys++;
    const v = value[key];
    switch (key) {
      case "max_latency_ms":
      case "maxLatencyMs":
        if ((given & 1) !== 0) return undefined;
        given |= 1;
        if (v === null) break;
        if (!(isUint32(v))) return undefined;
        m.maxLatencyMs = v;
        break;
      case "min_throughput_rps":
      case "minThroughputRps":
        if ((given & 2) !== 0) return undefined;
        given |= 2;
        if (v === null) break;
        if (!(isUint32(v))) return undefined;
        m.minThroughputRps = v;
        break;
      case "availability":
        if (v === null) break;
        if (!(typeof v === "number")) return undefined;
        m.availability = v;
        break;
      case "cpu_utilization_target":
      case "cpuUtilizationTarget":
        if ((given & 4) !== 0) return undefined;
        given |= 4;
        if (v === null) break;
        if (!(typeof v === "number")) return undefined;
        m.cpuUtilizationTarget = v;
        break;
      default:
        return undefined;
    }
  }
  return m;
}

function readPackageMetadata(value: Loose, tally: Tally): Loose {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return undefined;
  }
  const m: Loose = {
    $typeName: "oaas.package.PackageMetadata",
    author: "",
    description: "",
    tags: [],
  };
  let given = 0;
  for (const key in value) {
    tally.keys++;
    const v = value[key];
    switch (key) {
      case "author":
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.author = v;
        break;
      case "description":
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.description = v;
        break;
      case "tags":
        if (v === null) break;
        if (!(isTextList(v))) return undefined;
        m.tags = v;
        break;
      case "created_at":
      case "createdAt":
        if ((given & 1) !== 0) return undefined;
        given |= 1;
        if (v === null) break;
        {
          const made = readTimestamp(v, tally);
          if (made === undefined) return undefined;
          m.createdAt = made;
        }
        break;
      case "updated_at":
      case "updatedAt":
        if ((given & 2) !== 0) return undefined;
        given |= 2;
        if (v === null) break;
        {
          const made = readTimestamp(v, tally);
          if (made === undefined) return undefined;
          m.updatedAt = made;
        }
        break;
      default:
        return undefined;
    }
  }
  return m;
}

function readFunctionMetadata(value: Loose, tally: Tally): Loose {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return undefined;
  }
  const m: Loose = {
    $typeName: "oaas.package.FunctionMetadata",
    description: "",
    parameters: [],
    returnType: "",
  };
  let given = 0;
  for (const key in value) {
    tally.keys++;
    const v = value[key];
    switch (key) {
      case "description":
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.description = v;
        break;
      case "parameters":
        if (v === null) break;
        if (!(isTextList(v))) return undefined;
        m.parameters = v;
        break;
      case "return_type":
      case "returnType":
        if ((given & 1) !== 0) return undefined;
        given |= 1;
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.returnType = v;
        break;
      case "resource_requirements":
      case "resourceRequirements":
        if ((given & 2) !== 0) return undefined;
        given |= 2;
        if (v === null) break;
        {
          const made = readResourceRequirements(v, tally);
          if (made === undefined) return undefined;
          m.resourceRequirements = made;
        }
        break;
      default:
        return undefined;
    }
  }
  return m;
}

function readStateSpecification(value: Loose, tally: Tally): Loose {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return undefined;
  }
  const m: Loose = {
    $typeName: "oaas.package.StateSpecification",
    type: "",
    persistent: false,
    serializationFormat: "",
  };
  let given = 0;
  for (const key in value) {
    tally.keys++;
    const v = value[key];
    switch (key) {
      case "type":
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.type = v;
        break;
      case "persistent":
        if (v === null) break;
        if (!(typeof v === "boolean")) return undefined;
        m.persistent = v;
        break;
      case "serialization_format":
      case "serializationFormat":
        if ((given & 1) !== 0) return undefined;
        given |= 1;
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.serializationFormat = v;
        break;
      default:
        return undefined;
    }
  }
  return m;
}

function readFunctionBinding(value: Loose, tally: Tally): Loose {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return undefined;
  }
  const m: Loose = {
    $typeName: "oaas.package.FunctionBinding",
    functionKey: "",
    accessModifier: "",
    parameters: [],
  };
  let given = 0;
  for (const key in value) {
    tally.keys++;
    const v = value[key];
    switch (key) {
      case "function_key":
      case "functionKey":
        if ((given & 1) !== 0) return undefined;
        given |= 1;
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.functionKey = v;
        break;
      case "access_modifier":
      case "accessModifier":
        if ((given & 2) !== 0) return undefined;
        given |= 2;
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.accessModifier = v;
        break;
      case "parameters":
        if (v === null) break;
        if (!(isTextList(v))) return undefined;
        m.parameters = v;
        break;
      default:
        return undefined;
    }
  }
  return m;
}

function readOPackage(value: Loose, tally: Tally): Loose {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return undefined;
  }
  const m: Loose = {
    $typeName: "oaas.package.OPackage",
    name: "",
    classes: [],
    functions: [],
    dependencies: [],
    disabled: false,
  };
  for (const key in value) {
    tally.keys++;
    const v = value[key];
    switch (key) {
      case "name":
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.name = v;
        break;
      case "version":
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.version = v;
        break;
      case "classes":
        if (v === null) break;
        {
          if (!(Array.isArray(v))) return undefined;
          const list: Loose[] = [];
          for (let i = 0; i < v.length; i++) {
            const made = readOClass(v[i], tally);
            if (made === undefined) return undefined;
            list.push(made);
          }
          m.classes = list;
        }
        break;
      case "functions":
        if (v === null) break;
        {
          if (!(Array.isArray(v))) return undefined;
          const list: Loose[] = [];
          for (let i = 0; i < v.length; i++) {
            const made = readOFunction(v[i], tally);
            if (made === undefined) return undefined;
            list.push(made);
          }
          m.functions = list;
        }
        break;
      case "dependencies":
        if (v === null) break;
        if (!(isTextList(v))) return undefined;
        m.dependencies = v;
        break;
      case "metadata":
        if (v === null) break;
        {
          const made = readPackageMetadata(v, tally);
          if (made === undefined) return undefined;
          m.metadata = made;
        }
        break;
      case "disabled":
        if (v === null) break;
        if (!(typeof v === "boolean")) return undefined;
        m.disabled = v;
        break;
      default:
        return undefined;
    }
  }
  return m;
}

function readOClass(value: Loose, tally: Tally): Loose {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return undefined;
  }
  const m: Loose = {
    $typeName: "oaas.package.OClass",
    key: "",
    name: "",
    package: "",
    functions: [],
    disabled: false,
  };
  let given = 0;
  for (const key in value) {
    tally.keys++;
    const v = value[key];
    switch (key) {
      case "key":
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.key = v;
        break;
      case "name":
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.name = v;
        break;
      case "package":
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.package = v;
        break;
      case "functions":
        if (v === null) break;
        {
          if (!(Array.isArray(v))) return undefined;
          const list: Loose[] = [];
          for (let i = 0; i < v.length; i++) {
            const made = readFunctionBinding(v[i], tally);
            if (made === undefined) return undefined;
            list.push(made);
          }
          m.functions = list;
        }
        break;
      case "state_spec":
      case "stateSpec":
        if ((given & 1) !== 0) return undefined;
        given |= 1;
        if (v === null) break;
        {
          const made = readStateSpecification(v, tally);
          if (made === undefined) return undefined;
          m.stateSpec = made;
        }
        break;
      case "disabled":
        if (v === null) break;
        if (!(typeof v === "boolean")) return undefined;
        m.disabled = v;
        break;
      default:
        return undefined;
    }
  }
  return m;
}

function readOFunction(value: Loose, tally: Tally): Loose {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return undefined;
  }
  const m: Loose = {
    $typeName: "oaas.package.OFunction",
    key: "",
    name: "",
    package: "",
    runtime: "",
    handler: "",
    disabled: false,
  };
  for (const key in value) {
    tally.keys++;
    const v = value[key];
    switch (key) {
      case "key":
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.key = v;
        break;
      case "name":
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.name = v;
        break;
      case "package":
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.package = v;
        break;
      case "runtime":
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.runtime = v;
        break;
      case "handler":
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.handler = v;
        break;
      case "metadata":
        if (v === null) break;
        {
          const made = readFunctionMetadata(v, tally);
          if (made === undefined) return undefined;
          m.metadata = made;
        }
        break;
      case "disabled":
        if (v === null) break;
        if (!(typeof v === "boolean")) return undefined;
        m.disabled = v;
        break;
      default:
        return undefined;
    }
  }
  return m;
}

function readCreatePackageRequest(value: Loose, tally: Tally): Loose {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return undefined;
  }
  const m: Loose = { $typeName: "oaas.package.CreatePackageRequest" };
  for (const key in value) {
    tally.keys++;
    const v = value[key];
    switch (key) {
      case "package":
        if (v === null) break;
        {
          const made = readOPackage(v, tally);
          if (made === undefined) return undefined;
          m.package = made;
        }
        break;
      default:
        return undefined;
    }
  }
  return m;
}

function readCreatePackageResponse(value: Loose, tally: Tally): Loose {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return undefined;
  }
  const m: Loose = { $typeName: "oaas.package.CreatePackageResponse", status: 0, packageId: "" };
  let given = 0;
  for (const key in value) {
    tally.keys++;
    const v = value[key];
    switch (key) {
      case "status":
        if (v === null) break;
        {
          const made = isInt32(v) ? v : numbersOfStatusCode.get(v);
          if (made === undefined) return undefined;
          m.status = made;
        }
        break;
      case "package_id":
      case "packageId":
        if ((given & 1) !== 0) return undefined;
        given |= 1;
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.packageId = v;
        break;
      case "message":
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.message = v;
        break;
      default:
        return undefined;
    }
  }
  return m;
}

function readGetPackageRequest(value: Loose, tally: Tally): Loose {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return undefined;
  }
  const m: Loose = { $typeName: "oaas.package.GetPackageRequest", name: "" };
  for (const key in value) {
    tally.keys++;
    const v = value[key];
    switch (key) {
      case "name":
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.name = v;
        break;
      default:
        return undefined;
    }
  }
  return m;
}

function readGetPackageResponse(value: Loose, tally: Tally): Loose {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return undefined;
  }
  const m: Loose = { $typeName: "oaas.package.GetPackageResponse", status: 0 };
  for (const key in value) {
    tally.keys++;
    const v = value[key];
    switch (key) {
      case "status":
        if (v === null) break;
        {
          const made = isInt32(v) ? v : numbersOfStatusCode.get(v);
          if (made === undefined) return undefined;
          m.status = made;
        }
        break;
      case "package":
        if (v === null) break;
        {
          const made = readOPackage(v, tally);
          if (made === undefined) return undefined;
          m.package = made;
        }
        break;
      case "message":
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.message = v;
        break;
      default:
        return undefined;
    }
  }
  return m;
}

function readListPackagesRequest(value: Loose, tally: Tally): Loose {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return undefined;
  }
  const m: Loose = { $typeName: "oaas.package.ListPackagesRequest", limit: 0, offset: 0 };
  for (const key in value) {
    tally.keys++;
    const v = value[key];
    switch (key) {
      case "filter":
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.filter = v;
        break;
      case "limit":
        if (v === null) break;
        if (!(isUint32(v))) return undefined;
        m.limit = v;
        break;
      case "offset":
        if (v === null) break;
        if (!(isUint32(v))) return undefined;
        m.offset = v;
        break;
      default:
        return undefined;
    }
  }
  return m;
}

function readListPackagesResponse(value: Loose, tally: Tally): Loose {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return undefined;
  }
  const m: Loose = {
    $typeName: "oaas.package.ListPackagesResponse",
    status: 0,
    packages: [],
    totalCount: 0,
  };
  let given = 0;
  for (const key in value) {
    tally.keys++;
    const v = value[key];
    switch (key) {
      case "status":
        if (v === null) break;
        {
          const made = isInt32(v) ? v : numbersOfStatusCode.get(v);
          if (made === undefined) return undefined;
          m.status = made;
        }
        break;
      case "packages":
        if (v === null) break;
        {
          if (!(Array.isArray(v))) return undefined;
          const list: Loose[] = [];
          for (let i = 0; i < v.length; i++) {
            const made = readOPackage(v[i], tally);
            if (made === undefined) return undefined;
            list.push(made);
          }
          m.packages = list;
        }
        break;
      case "total_count":
      case "totalCount":
        if ((given & 1) !== 0) return undefined;
        given |= 1;
        if (v === null) break;
        if (!(isUint32(v))) return undefined;
        m.totalCount = v;
        break;
      case "message":
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.message = v;
        break;
      default:
        return undefined;
    }
  }
  return m;
}

function readDeletePackageRequest(value: Loose, tally: Tally): Loose {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return undefined;
  }
  const m: Loose = { $typeName: "oaas.package.DeletePackageRequest", name: "" };
  for (const key in value) {
    tally.keys++;
    const v = value[key];
    switch (key) {
      case "name":
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.name = v;
        break;
      default:
        return undefined;
    }
  }
  return m;
}

function readDeletePackageResponse(value: Loose, tally: Tally): Loose {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return undefined;
  }
  const m: Loose = { $typeName: "oaas.package.DeletePackageResponse", status: 0 };
  for (const key in value) {
    tally.keys++;
    const v = value[key];
    switch (key) {
      case "status":
        if (v === null) break;
        {
          const made = isInt32(v) ? v : numbersOfStatusCode.get(v);
          if (made === undefined) return undefined;
          m.status = made;
        }
        break;
      case "message":
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.message = v;
        break;
      default:
        return undefined;
    }
  }
  return m;
}

function readDeployClassRequest(value: Loose, tally: Tally): Loose {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return undefined;
  }
  const m: Loose = {
    $typeName: "oaas.package.DeployClassRequest",
    packageName: "",
    classKey: "",
    targetEnv: "",
    targetClusters: [],
  };
  let given = 0;
  for (const key in value) {
    tally.keys++;
    const v = value[key];
    switch (key) {
      case "package_name":
      case "packageName":
        if ((given & 1) !== 0) return undefined;
        given |= 1;
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.packageName = v;
        break;
      case "class_key":
      case "classKey":
        if ((given & 2) !== 0) return undefined;
        given |= 2;
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.classKey = v;
        break;
      case "target_env":
      case "targetEnv":
        if ((given & 4) !== 0) return undefined;
        given |= 4;
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.targetEnv = v;
        break;
      case "target_clusters":
      case "targetClusters":
        if ((given & 8) !== 0) return undefined;
        given |= 8;
        if (v === null) break;
        if (!(isTextList(v))) return undefined;
        m.targetClusters = v;
        break;
      case "nfr_requirements":
      case "nfrRequirements":
        if ((given & 16) !== 0) return undefined;
        given |= 16;
        if (v === null) break;
        {
          const made = readNfrRequirements(v, tally);
          if (made === undefined) return undefined;
          m.nfrRequirements = made;
        }
        break;
      default:
        return undefined;
    }
  }
  return m;
}

function readDeployClassResponse(value: Loose, tally: Tally): Loose {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return undefined;
  }
  const m: Loose = { $typeName: "oaas.package.DeployClassResponse", status: 0, deploymentId: "" };
  let given = 0;
  for (const key in value) {
    tally.keys++;
    const v = value[key];
    switch (key) {
      case "status":
        if (v === null) break;
        {
          const made = isInt32(v) ? v : numbersOfStatusCode.get(v);
          if (made === undefined) return undefined;
          m.status = made;
        }
        break;
      case "deployment_id":
      case "deploymentId":
        if ((given & 1) !== 0) return undefined;
        given |= 1;
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.deploymentId = v;
        break;
      case "message":
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.message = v;
        break;
      default:
        return undefined;
    }
  }
  return m;
}

function readDeploymentStatus(value: Loose, tally: Tally): Loose {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return undefined;
  }
  const m: Loose = { $typeName: "oaas.package.DeploymentStatus", deploymentId: "", status: "" };
  let given = 0;
  for (const key in value) {
    tally.keys++;
    const v = value[key];
    switch (key) {
      case "deployment_id":
      case "deploymentId":
        if ((given & 1) !== 0) return undefined;
        given |= 1;
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.deploymentId = v;
        break;
      case "status":
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.status = v;
        break;
      case "message":
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.message = v;
        break;
      case "updated_at":
      case "updatedAt":
        if ((given & 2) !== 0) return undefined;
        given |= 2;
        if (v === null) break;
        {
          const made = readTimestamp(v, tally);
          if (made === undefined) return undefined;
          m.updatedAt = made;
        }
        break;
      default:
        return undefined;
    }
  }
  return m;
}

function readReportStatusRequest(value: Loose, tally: Tally): Loose {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return undefined;
  }
  const m: Loose = { $typeName: "oaas.package.ReportStatusRequest", deploymentId: "" };
  let given = 0;
  for (const key in value) {
    tally.keys++;
    const v = value[key];
    switch (key) {
      case "deployment_id":
      case "deploymentId":
        if ((given & 1) !== 0) return undefined;
        given |= 1;
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.deploymentId = v;
        break;
      case "status":
        if (v === null) break;
        {
          const made = readDeploymentStatus(v, tally);
          if (made === undefined) return undefined;
          m.status = made;
        }
        break;
      default:
        return undefined;
    }
  }
  return m;
}

function readReportStatusResponse(value: Loose, tally: Tally): Loose {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return undefined;
  }
  const m: Loose = { $typeName: "oaas.package.ReportStatusResponse", status: 0 };
  for (const key in value) {
    tally.keys++;
    const v = value[key];
    switch (key) {
      case "status":
        if (v === null) break;
        {
          const made = isInt32(v) ? v : numbersOfStatusCode.get(v);
          if (made === undefined) return undefined;
          m.status = made;
        }
        break;
      case "message":
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.message = v;
        break;
      default:
        return undefined;
    }
  }
  return m;
}

function readFunctionDeploymentSpec(value: Loose, tally: Tally): Loose {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return undefined;
  }
  const m: Loose = {
    $typeName: "oaas.deployment.FunctionDeploymentSpec",
    functionKey: "",
    replicas: 0,
  };
  let given = 0;
  for (const key in value) {
    tally.keys++;
    const v = value[key];
    switch (key) {
      case "function_key":
      case "functionKey":
        if ((given & 1) !== 0) return undefined;
        given |= 1;
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.functionKey = v;
        break;
      case "replicas":
        if (v === null) break;
        if (!(isUint32(v))) return undefined;
        m.replicas = v;
        break;
      case "resource_requirements":
      case "resourceRequirements":
        if ((given & 2) !== 0) return undefined;
        given |= 2;
        if (v === null) break;
        {
          const made = readResourceRequirements(v, tally);
          if (made === undefined) return undefined;
          m.resourceRequirements = made;
        }
        break;
      default:
        return undefined;
    }
  }
  return m;
}

function readOClassDeployment(value: Loose, tally: Tally): Loose {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return undefined;
  }
  const m: Loose = {
    $typeName: "oaas.deployment.OClassDeployment",
    key: "",
    packageName: "",
    classKey: "",
    targetEnv: "",
    targetClusters: [],
    functions: [],
  };
  let given = 0;
  for (const key in value) {
    tally.keys++;
    const v = value[key];
    switch (key) {
      case "key":
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.key = v;
        break;
      case "package_name":
      case "packageName":
        if ((given & 1) !== 0) return undefined;
        given |= 1;
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.packageName = v;
        break;
      case "class_key":
      case "classKey":
        if ((given & 2) !== 0) return undefined;
        given |= 2;
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.classKey = v;
        break;
      case "target_env":
      case "targetEnv":
        if ((given & 4) !== 0) return undefined;
        given |= 4;
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.targetEnv = v;
        break;
      case "target_clusters":
      case "targetClusters":
        if ((given & 8) !== 0) return undefined;
        given |= 8;
        if (v === null) break;
        if (!(isTextList(v))) return undefined;
        m.targetClusters = v;
        break;
      case "nfr_requirements":
      case "nfrRequirements":
        if ((given & 16) !== 0) return undefined;
        given |= 16;
        if (v === null) break;
        {
          const made = readNfrRequirements(v, tally);
          if (made === undefined) return undefined;
          m.nfrRequirements = made;
        }
        break;
      case "functions":
        if (v === null) break;
        {
          if (!(Array.isArray(v))) return undefined;
          const list: Loose[] = [];
          for (let i = 0; i < v.length; i++) {
            const made = readFunctionDeploymentSpec(v[i], tally);
            if (made === undefined) return undefined;
            list.push(made);
          }
          m.functions = list;
        }
        break;
      case "created_at":
      case "createdAt":
        if ((given & 32) !== 0) return undefined;
        given |= 32;
        if (v === null) break;
        {
          const made = readTimestamp(v, tally);
          if (made === undefined) return undefined;
          m.createdAt = made;
        }
        break;
      default:
        return undefined;
    }
  }
  return m;
}

function readDeploymentUnit(value: Loose, tally: Tally): Loose {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return undefined;
  }
  const m: Loose = {
    $typeName: "oaas.deployment.DeploymentUnit",
    id: "",
    packageName: "",
    classKey: "",
    targetCluster: "",
    functions: [],
    targetEnv: "",
  };
  let given = 0;
  for (const key in value) {
    tally.keys++;
    const v = value[key];
    switch (key) {
      case "id":
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.id = v;
        break;
      case "package_name":
      case "packageName":
        if ((given & 1) !== 0) return undefined;
        given |= 1;
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.packageName = v;
        break;
      case "class_key":
      case "classKey":
        if ((given & 2) !== 0) return undefined;
        given |= 2;
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.classKey = v;
        break;
      case "target_cluster":
      case "targetCluster":
        if ((given & 4) !== 0) return undefined;
        given |= 4;
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.targetCluster = v;
        break;
      case "functions":
        if (v === null) break;
        {
          if (!(Array.isArray(v))) return undefined;
          const list: Loose[] = [];
          for (let i = 0; i < v.length; i++) {
            const made = readFunctionDeploymentSpec(v[i], tally);
            if (made === undefined) return undefined;
            list.push(made);
          }
          m.functions = list;
        }
        break;
      case "target_env":
      case "targetEnv":
        if ((given & 8) !== 0) return undefined;
        given |= 8;
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.targetEnv = v;
        break;
      case "nfr_requirements":
      case "nfrRequirements":
        if ((given & 16) !== 0) return undefined;
        given |= 16;
        if (v === null) break;
        {
          const made = readNfrRequirements(v, tally);
          if (made === undefined) return undefined;
          m.nfrRequirements = made;
        }
        break;
      case "created_at":
      case "createdAt":
        if ((given & 32) !== 0) return undefined;
        given |= 32;
        if (v === null) break;
        {
          const made = readTimestamp(v, tally);
          if (made === undefined) return undefined;
          m.createdAt = made;
        }
        break;
      default:
        return undefined;
    }
  }
  return m;
}

function readDeployRequest(value: Loose, tally: Tally): Loose {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return undefined;
  }
  const m: Loose = { $typeName: "oaas.deployment.DeployRequest" };
  let given = 0;
  for (const key in value) {
    tally.keys++;
    const v = value[key];
    switch (key) {
      case "deployment_unit":
      case "deploymentUnit":
        if ((given & 1) !== 0) return undefined;
        given |= 1;
        if (v === null) break;
        {
          const made = readDeploymentUnit(v, tally);
          if (made === undefined) return undefined;
          m.deploymentUnit = made;
        }
        break;
      default:
        return undefined;
    }
  }
  return m;
}

function readDeployResponse(value: Loose, tally: Tally): Loose {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return undefined;
  }
  const m: Loose = { $typeName: "oaas.deployment.DeployResponse", status: 0, deploymentId: "" };
  let given = 0;
  for (const key in value) {
    tally.keys++;
    const v = value[key];
    switch (key) {
      case "status":
        if (v === null) break;
        {
          const made = isInt32(v) ? v : numbersOfStatusCode.get(v);
          if (made === undefined) return undefined;
          m.status = made;
        }
        break;
      case "deployment_id":
      case "deploymentId":
        if ((given & 1) !== 0) return undefined;
        given |= 1;
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.deploymentId = v;
        break;
      case "message":
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.message = v;
        break;
      default:
        return undefined;
    }
  }
  return m;
}

function readGetDeploymentStatusRequest(value: Loose, tally: Tally): Loose {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return undefined;
  }
  const m: Loose = { $typeName: "oaas.deployment.GetDeploymentStatusRequest", deploymentId: "" };
  let given = 0;
  for (const key in value) {
    tally.keys++;
    const v = value[key];
    switch (key) {
      case "deployment_id":
      case "deploymentId":
        if ((given & 1) !== 0) return undefined;
        given |= 1;
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.deploymentId = v;
        break;
      default:
        return undefined;
    }
  }
  return m;
}

function readGetDeploymentStatusResponse(value: Loose, tally: Tally): Loose {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return undefined;
  }
  const m: Loose = { $typeName: "oaas.deployment.GetDeploymentStatusResponse", status: 0 };
  for (const key in value) {
    tally.keys++;
    const v = value[key];
    switch (key) {
      case "status":
        if (v === null) break;
        {
          const made = isInt32(v) ? v : numbersOfStatusCode.get(v);
          if (made === undefined) return undefined;
          m.status = made;
        }
        break;
      case "deployment":
        if (v === null) break;
        {
          const made = readOClassDeployment(v, tally);
          if (made === undefined) return undefined;
          m.deployment = made;
        }
        break;
      case "message":
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.message = v;
        break;
      default:
        return undefined;
    }
  }
  return m;
}

function readScaleDeploymentRequest(value: Loose, tally: Tally): Loose {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return undefined;
  }
  const m: Loose = {
    $typeName: "oaas.deployment.ScaleDeploymentRequest",
    deploymentId: "",
    targetReplicas: 0,
  };
  let given = 0;
  for (const key in value) {
    tally.keys++;
    const v = value[key];
    switch (key) {
      case "deployment_id":
      case "deploymentId":
        if ((given & 1) !== 0) return undefined;
        given |= 1;
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.deploymentId = v;
        break;
      case "target_replicas":
      case "targetReplicas":
        if ((given & 2) !== 0) return undefined;
        given |= 2;
        if (v === null) break;
        if (!(isUint32(v))) return undefined;
        m.targetReplicas = v;
        break;
      default:
        return undefined;
    }
  }
  return m;
}

function readScaleDeploymentResponse(value: Loose, tally: Tally): Loose {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return undefined;
  }
  const m: Loose = { $typeName: "oaas.deployment.ScaleDeploymentResponse", status: 0 };
  for (const key in value) {
    tally.keys++;
    const v = value[key];
    switch (key) {
      case "status":
        if (v === null) break;
        {
          const made = isInt32(v) ? v : numbersOfStatusCode.get(v);
          if (made === undefined) return undefined;
          m.status = made;
        }
        break;
      case "message":
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.message = v;
        break;
      default:
        return undefined;
    }
  }
  return m;
}

function readDeleteDeploymentRequest(value: Loose, tally: Tally): Loose {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return undefined;
  }
  const m: Loose = { $typeName: "oaas.deployment.DeleteDeploymentRequest", deploymentId: "" };
  let given = 0;
  for (const key in value) {
    tally.keys++;
    const v = value[key];
    switch (key) {
      case "deployment_id":
      case "deploymentId":
        if ((given & 1) !== 0) return undefined;
        given |= 1;
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.deploymentId = v;
        break;
      default:
        return undefined;
    }
  }
  return m;
}

function readDeleteDeploymentResponse(value: Loose, tally: Tally): Loose {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return undefined;
  }
  const m: Loose = { $typeName: "oaas.deployment.DeleteDeploymentResponse", status: 0 };
  for (const key in value) {
    tally.keys++;
    const v = value[key];
    switch (key) {
      case "status":
        if (v === null) break;
        {
          const made = isInt32(v) ? v : numbersOfStatusCode.get(v);
          if (made === undefined) return undefined;
          m.status = made;
        }
        break;
      case "message":
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.message = v;
        break;
      default:
        return undefined;
    }
  }
  return m;
}

function readRuntimeState(value: Loose, tally: Tally): Loose {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return undefined;
  }
  const m: Loose = {
    $typeName: "oaas.runtime.RuntimeState",
    instanceId: "",
    deploymentId: "",
    status: "",
    metadata: {},
  };
  let given = 0;
  for (const key in value) {
    tally.keys++;
    const v = value[key];
    switch (key) {
      case "instance_id":
      case "instanceId":
        if ((given & 1) !== 0) return undefined;
        given |= 1;
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.instanceId = v;
        break;
      case "deployment_id":
      case "deploymentId":
        if ((given & 2) !== 0) return undefined;
        given |= 2;
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.deploymentId = v;
        break;
      case "status":
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.status = v;
        break;
      case "current_resources":
      case "currentResources":
        if ((given & 4) !== 0) return undefined;
        given |= 4;
        if (v === null) break;
        {
          const made = readResourceRequirements(v, tally);
          if (made === undefined) return undefined;
          m.currentResources = made;
        }
        break;
      case "last_heartbeat":
      case "lastHeartbeat":
        if ((given & 8) !== 0) return undefined;
        given |= 8;
        if (v === null) break;
        {
          const made = readTimestamp(v, tally);
          if (made === undefined) return undefined;
          m.lastHeartbeat = made;
        }
        break;
      case "metadata":
        if (v === null) break;
        if (!(isTextMap(v, tally))) return undefined;
        m.metadata = v;
        break;
      default:
        return undefined;
    }
  }
  return m;
}

function readGetRuntimeStateRequest(value: Loose, tally: Tally): Loose {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return undefined;
  }
  const m: Loose = { $typeName: "oaas.runtime.GetRuntimeStateRequest", instanceId: "" };
  let given = 0;
  for (const key in value) {
    tally.keys++;
    const v = value[key];
    switch (key) {
      case "instance_id":
      case "instanceId":
        if ((given & 1) !== 0) return undefined;
        given |= 1;
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.instanceId = v;
        break;
      default:
        return undefined;
    }
  }
  return m;
}

function readGetRuntimeStateResponse(value: Loose, tally: Tally): Loose {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return undefined;
  }
  const m: Loose = { $typeName: "oaas.runtime.GetRuntimeStateResponse", status: 0 };
  let given = 0;
  for (const key in value) {
    tally.keys++;
    const v = value[key];
    switch (key) {
      case "status":
        if (v === null) break;
        {
          const made = isInt32(v) ? v : numbersOfStatusCode.get(v);
          if (made === undefined) return undefined;
          m.status = made;
        }
        break;
      case "runtime_state":
      case "runtimeState":
        if ((given & 1) !== 0) return undefined;
        given |= 1;
        if (v === null) break;
        {
          const made = readRuntimeState(v, tally);
          if (made === undefined) return undefined;
          m.runtimeState = made;
        }
        break;
      case "message":
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.message = v;
        break;
      default:
        return undefined;
    }
  }
  return m;
}

function readUpdateRuntimeStateRequest(value: Loose, tally: Tally): Loose {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return undefined;
  }
  const m: Loose = { $typeName: "oaas.runtime.UpdateRuntimeStateRequest" };
  let given = 0;
  for (const key in value) {
    tally.keys++;
    const v = value[key];
    switch (key) {
      case "runtime_state":
      case "runtimeState":
        if ((given & 1) !== 0) return undefined;
        given |= 1;
        if (v === null) break;
        {
          const made = readRuntimeState(v, tally);
          if (made === undefined) return undefined;
          m.runtimeState = made;
        }
        break;
      default:
        return undefined;
    }
  }
  return m;
}

function readUpdateRuntimeStateResponse(value: Loose, tally: Tally): Loose {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return undefined;
  }
  const m: Loose = { $typeName: "oaas.runtime.UpdateRuntimeStateResponse", status: 0 };
  for (const key in value) {
    tally.keys++;
    const v = value[key];
    switch (key) {
      case "status":
        if (v === null) break;
        {
          const made = isInt32(v) ? v : numbersOfStatusCode.get(v);
          if (made === undefined) return undefined;
          m.status = made;
        }
        break;
      case "message":
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.message = v;
        break;
      default:
        return undefined;
    }
  }
  return m;
}

function readListActiveInstancesRequest(value: Loose, tally: Tally): Loose {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return undefined;
  }
  const m: Loose = { $typeName: "oaas.runtime.ListActiveInstancesRequest", limit: 0, offset: 0 };
  let given = 0;
  for (const key in value) {
    tally.keys++;
    const v = value[key];
    switch (key) {
      case "deployment_id":
      case "deploymentId":
        if ((given & 1) !== 0) return undefined;
        given |= 1;
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.deploymentId = v;
        break;
      case "limit":
        if (v === null) break;
        if (!(isUint32(v))) return undefined;
        m.limit = v;
        break;
      case "offset":
        if (v === null) break;
        if (!(isUint32(v))) return undefined;
        m.offset = v;
        break;
      default:
        return undefined;
    }
  }
  return m;
}

function readListActiveInstancesResponse(value: Loose, tally: Tally): Loose {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return undefined;
  }
  const m: Loose = {
    $typeName: "oaas.runtime.ListActiveInstancesResponse",
    status: 0,
    instances: [],
    totalCount: 0,
  };
  let given = 0;
  for (const key in value) {
    tally.keys++;
    const v = value[key];
    switch (key) {
      case "status":
        if (v === null) break;
        {
          const made = isInt32(v) ? v : numbersOfStatusCode.get(v);
          if (made === undefined) return undefined;
          m.status = made;
        }
        break;
      case "instances":
        if (v === null) break;
        {
          if (!(Array.isArray(v))) return undefined;
          const list: Loose[] = [];
          for (let i = 0; i < v.length; i++) {
            const made = readRuntimeState(v[i], tally);
            if (made === undefined) return undefined;
            list.push(made);
          }
          m.instances = list;
        }
        break;
      case "total_count":
      case "totalCount":
        if ((given & 1) !== 0) return undefined;
        given |= 1;
        if (v === null) break;
        if (!(isUint32(v))) return undefined;
        m.totalCount = v;
        break;
      case "message":
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.message = v;
        break;
      default:
        return undefined;
    }
  }
  return m;
}

function readHealthCheckRequest(value: Loose, tally: Tally): Loose {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return undefined;
  }
  const m: Loose = { $typeName: "oaas.health.HealthCheckRequest", service: "" };
  for (const key in value) {
    tally.keys++;
    const v = value[key];
    switch (key) {
      case "service":
        if (v === null) break;
        if (!(typeof v === "string")) return undefined;
        m.service = v;
        break;
      default:
        return undefined;
    }
  }
  return m;
}

function readHealthCheckResponse(value: Loose, tally: Tally): Loose {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return undefined;
  }
  const m: Loose = { $typeName: "oaas.health.HealthCheckResponse", status: 0 };
  for (const key in value) {
    tally.keys++;
    const v = value[key];
    switch (key) {
      case "status":
        if (v === null) break;
        {
          const made = isInt32(v) ? v : numbersOfServingStatus.get(v);
          if (made === undefined) return undefined;
          m.status = made;
        }
        break;
      default:
        return undefined;
    }
  }
  return m;
}
