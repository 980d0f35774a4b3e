import type { DescFile, DescMessage } from "@bufbuild/protobuf";
import { ScalarType } from "@bufbuild/protobuf";
import { assertEquals } from "@std/assert";
import { file_common } from "./common.ts";
import { file_deployment } from "./deployment.ts";
import { file_health } from "./health.ts";
import { file_package } from "./package.ts";
import { file_runtime } from "./runtime.ts";

/**
 * The wire contract as data. A message's fields read `label type name number`,
 * an enum's values `NAME number`, a service's methods `Name Request Response`.
 */
const contract: Record<string, Record<string, string[]>> = {
  "oaas.common": {
    "enum StatusCode": [
      "OK 0",
      "ERROR 1",
      "NOT_FOUND 2",
      "INVALID_REQUEST 3",
      "INTERNAL_ERROR 4",
    ],
    "message Timestamp": ["int64 seconds 1", "int32 nanos 2"],
    "message ResourceRequirements": [
      "string cpu_request 1",
      "string memory_request 2",
      "opt string cpu_limit 3",
      "opt string memory_limit 4",
    ],
    "message NfrRequirements": [
      "opt uint32 max_latency_ms 1",
      "opt uint32 min_throughput_rps 2",
      "opt double availability 3",
      "opt double cpu_utilization_target 4",
    ],
  },
  "oaas.package": {
    "service PackageService": [
      "CreatePackage CreatePackageRequest CreatePackageResponse",
      "GetPackage GetPackageRequest GetPackageResponse",
      "ListPackages ListPackagesRequest ListPackagesResponse",
      "DeletePackage DeletePackageRequest DeletePackageResponse",
      "DeployClass DeployClassRequest DeployClassResponse",
      "ReportDeploymentStatus ReportStatusRequest ReportStatusResponse",
    ],
    "message PackageMetadata": [
      "string author 1",
      "string description 2",
      "rep string tags 3",
      "oaas.common.Timestamp created_at 4",
      "oaas.common.Timestamp updated_at 5",
    ],
    "message FunctionMetadata": [
      "string description 1",
      "rep string parameters 2",
      "string return_type 3",
      "oaas.common.ResourceRequirements resource_requirements 4",
    ],
    "message StateSpecification": [
      "string type 1",
      "bool persistent 2",
      "string serialization_format 3",
    ],
    "message FunctionBinding": [
      "string function_key 1",
      "string access_modifier 2",
      "rep string parameters 3",
    ],
    "message OPackage": [
      "string name 1",
      "opt string version 2",
      "rep oaas.package.OClass classes 3",
      "rep oaas.package.OFunction functions 4",
      "rep string dependencies 5",
      "oaas.package.PackageMetadata metadata 6",
      "bool disabled 7",
    ],
    "message OClass": [
      "string key 1",
      "string name 2",
      "string package 3",
      "rep oaas.package.FunctionBinding functions 4",
      "opt oaas.package.StateSpecification state_spec 5",
      "bool disabled 6",
    ],
    "message OFunction": [
      "string key 1",
      "string name 2",
      "string package 3",
      "string runtime 4",
      "string handler 5",
      "oaas.package.FunctionMetadata metadata 6",
      "bool disabled 7",
    ],
    "message CreatePackageRequest": ["oaas.package.OPackage package 1"],
    "message CreatePackageResponse": [
      "oaas.common.StatusCode status 1",
      "string package_id 2",
      "opt string message 3",
    ],
    "message GetPackageRequest": ["string name 1"],
    "message GetPackageResponse": [
      "oaas.common.StatusCode status 1",
      "opt oaas.package.OPackage package 2",
      "opt string message 3",
    ],
    "message ListPackagesRequest": ["opt string filter 1", "uint32 limit 2", "uint32 offset 3"],
    "message ListPackagesResponse": [
      "oaas.common.StatusCode status 1",
      "rep oaas.package.OPackage packages 2",
      "uint32 total_count 3",
      "opt string message 4",
    ],
    "message DeletePackageRequest": ["string name 1"],
    "message DeletePackageResponse": ["oaas.common.StatusCode status 1", "opt string message 2"],
    "message DeployClassRequest": [
      "string package_name 1",
      "string class_key 2",
      "string target_env 3",
      "rep string target_clusters 4",
      "oaas.common.NfrRequirements nfr_requirements 5",
    ],
    "message DeployClassResponse": [
      "oaas.common.StatusCode status 1",
      "string deployment_id 2",
      "opt string message 3",
    ],
    "message DeploymentStatus": [
      "string deployment_id 1",
      "string status 2",
      "opt string message 3",
      "oaas.common.Timestamp updated_at 4",
    ],
    "message ReportStatusRequest": [
      "string deployment_id 1",
      "oaas.package.DeploymentStatus status 2",
    ],
    "message ReportStatusResponse": ["oaas.common.StatusCode status 1", "opt string message 2"],
  },
  "oaas.deployment": {
    "service DeploymentService": [
      "Deploy DeployRequest DeployResponse",
      "GetDeploymentStatus GetDeploymentStatusRequest GetDeploymentStatusResponse",
      "ScaleDeployment ScaleDeploymentRequest ScaleDeploymentResponse",
      "DeleteDeployment DeleteDeploymentRequest DeleteDeploymentResponse",
    ],
    "message FunctionDeploymentSpec": [
      "string function_key 1",
      "uint32 replicas 2",
      "oaas.common.ResourceRequirements resource_requirements 3",
    ],
    "message OClassDeployment": [
      "string key 1",
      "string package_name 2",
      "string class_key 3",
      "string target_env 4",
      "rep string target_clusters 5",
      "oaas.common.NfrRequirements nfr_requirements 6",
      "rep oaas.deployment.FunctionDeploymentSpec functions 7",
      "oaas.common.Timestamp created_at 8",
    ],
    "message DeploymentUnit": [
      "string id 1",
      "string package_name 2",
      "string class_key 3",
      "string target_cluster 4",
      "rep oaas.deployment.FunctionDeploymentSpec functions 5",
      "string target_env 6",
      "oaas.common.NfrRequirements nfr_requirements 7",
      "oaas.common.Timestamp created_at 8",
    ],
    "message DeployRequest": ["oaas.deployment.DeploymentUnit deployment_unit 1"],
    "message DeployResponse": [
      "oaas.common.StatusCode status 1",
      "string deployment_id 2",
      "opt string message 3",
    ],
    "message GetDeploymentStatusRequest": ["string deployment_id 1"],
    "message GetDeploymentStatusResponse": [
      "oaas.common.StatusCode status 1",
      "opt oaas.deployment.OClassDeployment deployment 2",
      "opt string message 3",
    ],
    "message ScaleDeploymentRequest": ["string deployment_id 1", "uint32 target_replicas 2"],
    "message ScaleDeploymentResponse": ["oaas.common.StatusCode status 1", "opt string message 2"],
    "message DeleteDeploymentRequest": ["string deployment_id 1"],
    "message DeleteDeploymentResponse": [
      "oaas.common.StatusCode status 1",
      "opt string message 2",
    ],
  },
  "oaas.runtime": {
    "service RuntimeService": [
      "GetRuntimeState GetRuntimeStateRequest GetRuntimeStateResponse",
      "UpdateRuntimeState UpdateRuntimeStateRequest UpdateRuntimeStateResponse",
      "ListActiveInstances ListActiveInstancesRequest ListActiveInstancesResponse",
    ],
    "message RuntimeState": [
      "string instance_id 1",
      "string deployment_id 2",
      "string status 3",
      "oaas.common.ResourceRequirements current_resources 4",
      "oaas.common.Timestamp last_heartbeat 5",
      "map<string,string> metadata 6",
    ],
    "message GetRuntimeStateRequest": ["string instance_id 1"],
    "message GetRuntimeStateResponse": [
      "oaas.common.StatusCode status 1",
      "opt oaas.runtime.RuntimeState runtime_state 2",
      "opt string message 3",
    ],
    "message UpdateRuntimeStateRequest": ["oaas.runtime.RuntimeState runtime_state 1"],
    "message UpdateRuntimeStateResponse": [
      "oaas.common.StatusCode status 1",
      "opt string message 2",
    ],
    "message ListActiveInstancesRequest": [
      "opt string deployment_id 1",
      "uint32 limit 2",
      "uint32 offset 3",
    ],
    "message ListActiveInstancesResponse": [
      "oaas.common.StatusCode status 1",
      "rep oaas.runtime.RuntimeState instances 2",
      "uint32 total_count 3",
      "opt string message 4",
    ],
  },
  "oaas.health": {
    "service HealthService": [
      "Check HealthCheckRequest HealthCheckResponse",
      "Watch HealthCheckRequest stream HealthCheckResponse",
    ],
    "message HealthCheckRequest": ["string service 1"],
    "message HealthCheckResponse": ["oaas.health.HealthCheckResponse.ServingStatus status 1"],
    "enum HealthCheckResponse.ServingStatus": [
      "UNKNOWN 0",
      "SERVING 1",
      "NOT_SERVING 2",
      "SERVICE_UNKNOWN 3",
    ],
  },
};

const files: DescFile[] = [file_common, file_package, file_deployment, file_runtime, file_health];

/** What a compiled file says, in the words of the table above. */
function describe(file: DescFile): Record<string, string[]> {
  const packageName = file.proto.package;
  const local = (typeName: string) => typeName.slice(packageName.length + 1);
  const said: Record<string, string[]> = {};
  for (const service of file.services) {
    said[`service ${service.name}`] = service.methods.map((method) => {
      const stream = method.methodKind === "server_streaming" ? "stream " : "";
      const kind = ["unary", "server_streaming"].includes(method.methodKind)
        ? ""
        : method.methodKind;
      return `${kind}${method.name} ${local(method.input.typeName)} ${stream}${
        local(method.output.typeName)
      }`;
    });
  }
  const addMessage = (message: DescMessage) => {
    said[`message ${local(message.typeName)}`] = message.fields.map((field) => {
      const scalar = (type: ScalarType) => ScalarType[type].toLowerCase();
      switch (field.fieldKind) {
        case "map":
          return `map<${scalar(field.mapKey)},${
            field.mapKind === "scalar" ? scalar(field.scalar) : field.mapKind
          }> ${field.name} ${field.number}`;
        case "list": {
          const type = field.message?.typeName ?? field.enum?.typeName ?? scalar(field.scalar!);
          return `rep ${type} ${field.name} ${field.number}`;
        }
        default: {
          const type = field.message?.typeName ?? field.enum?.typeName ?? scalar(field.scalar!);
          const label = field.proto.proto3Optional ? "opt " : "";
          return `${label}${type} ${field.name} ${field.number}`;
        }
      }
    });
    for (const nested of message.nestedMessages) {
      if (!nested.proto.options?.mapEntry) addMessage(nested);
    }
    for (const nested of message.nestedEnums) addEnum(nested);
  };
  const addEnum = (desc: DescFile["enums"][number]) => {
    said[`enum ${local(desc.typeName)}`] = desc.values.map((v) => `${v.name} ${v.number}`);
  };
  file.messages.forEach(addMessage);
  file.enums.forEach(addEnum);
  return said;
}

for (const file of files) {
  Deno.test(`${file.name}.proto compiles to the wire contract, field by field`, () => {
    assertEquals(describe(file), contract[file.proto.package]);
  });
}

Deno.test("every package of the wire contract has its file", () => {
  assertEquals(files.map((file) => file.proto.package).sort(), Object.keys(contract).sort());
});

Deno.test("every file is proto3 and imports its siblings by bare name", () => {
  for (const file of files) {
    assertEquals(file.proto.syntax, "proto3", file.name);
    for (const dependency of file.proto.dependency) {
      assertEquals(dependency, dependency.replace(/^.*\//, ""), file.name);
    }
  }
});
