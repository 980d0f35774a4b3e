// A right example of every message, in YAML; the pages of the documentation show
// them, and making the pages reads them with all rules.

const PACKAGE = `name: images
version: 1.4.0
classes:
  - key: thumbnail
    name: Thumbnail
    package: images
    functions:
      - function_key: resize
      - function_key: records/put # a function of a dependency
        access_modifier: PRIVATE
    state_spec: { type: Thumbnail, persistent: true, serialization_format: json }
functions:
  - key: resize
    name: Resize
    package: images
    runtime: deno
    handler: mod.ts#resize
    metadata:
      description: Makes a small image of a large one
      parameters: [width]
      return_type: image
      resource_requirements: { cpu_request: 100m, memory_request: 128Mi, memory_limit: 1Gi }
dependencies: [records]
metadata: { author: Ada, tags: [image] }
`;

const UNIT = `id: 3f0c
package_name: images
class_key: thumbnail
target_cluster: eu-1
target_env: staging
functions:
  - { function_key: resize, replicas: 2 }
nfr_requirements: { availability: 0.99 }
created_at: 2026-01-31T12:00:00Z
`;

const DEPLOYMENT = `key: images.thumbnail.staging
package_name: images
class_key: thumbnail
target_env: staging
target_clusters: [eu-1, us-1]
nfr_requirements:
  max_latency_ms: 100
  availability: 0.999
functions:
  - function_key: resize
    replicas: 2
    resource_requirements: { cpu_request: 100m, memory_request: 128Mi }
created_at: 2026-01-31T12:00:00Z
`;

const STATE = `instance_id: 3f0c-0
deployment_id: 3f0c
status: RUNNING
current_resources: { cpu_request: 20m, memory_request: 12Mi }
last_heartbeat: 2026-01-31T12:00:00Z
metadata: { zone: eu-1a }
`;

const STATUS = `deployment_id: 3f0c
status: DEPLOYED
message: 2 of 2 instances run
updated_at: 2026-01-31T12:00:00Z
`;

const indented = (text: string) => text.replaceAll(/^/gm, "  ").trimEnd();
const listed = (text: string) => indented(text).replace("  ", "- ");

/** Examples by the full names of messages. */
export const examples: Readonly<Record<string, string>> = {
  "oaas.common.Timestamp": `2026-01-31T12:00:00Z
`,
  "oaas.common.ResourceRequirements": `cpu_request: 100m
memory_request: 128Mi
cpu_limit: 1.5
memory_limit: 1Gi
`,
  "oaas.common.NfrRequirements": `max_latency_ms: 100
min_throughput_rps: 500
availability: 0.999
cpu_utilization_target: 0.7
`,
  "oaas.package.PackageMetadata": `author: Ada
description: Thumbnails of images
tags: [image, web]
created_at: 2026-01-31T12:00:00Z
updated_at: 2026-02-01T08:30:00Z
`,
  "oaas.package.FunctionMetadata": `description: Makes a small image of a large one
parameters: [width]
return_type: image
resource_requirements: { cpu_request: 100m, memory_request: 128Mi }
`,
  "oaas.package.StateSpecification": `type: Thumbnail
persistent: true
serialization_format: json
`,
  "oaas.package.FunctionBinding": `function_key: resize
access_modifier: PUBLIC
parameters: [width]
`,
  "oaas.package.OPackage": PACKAGE,
  "oaas.package.OClass": `key: thumbnail
name: Thumbnail
package: images
functions:
  - function_key: resize
state_spec: { type: Thumbnail, persistent: true, serialization_format: json }
`,
  "oaas.package.OFunction": `key: resize
name: Resize
package: images
runtime: deno
handler: mod.ts#resize
metadata:
  description: Makes a small image of a large one
`,
  "oaas.package.CreatePackageRequest": `package:\n${indented(PACKAGE)}\n`,
  "oaas.package.CreatePackageResponse": `status: OK
package_id: images
`,
  "oaas.package.GetPackageRequest": `name: images
`,
  "oaas.package.GetPackageResponse": `status: OK
package: { name: images, version: 1.4.0 }
`,
  "oaas.package.ListPackagesRequest": `filter: image
limit: 20
offset: 40
`,
  "oaas.package.ListPackagesResponse": `status: OK
packages:
  - { name: images, version: 1.4.0 }
  - { name: records, version: 2.0.1 }
total_count: 2
`,
  "oaas.package.DeletePackageRequest": `name: images
`,
  "oaas.package.DeletePackageResponse": `status: INVALID_REQUEST
message: video depends on it
`,
  "oaas.package.DeployClassRequest": `package_name: images
class_key: thumbnail
target_env: staging
target_clusters: [eu-1, us-1]
nfr_requirements: { max_latency_ms: 100, availability: 0.999 }
`,
  "oaas.package.DeployClassResponse": `status: OK
deployment_id: images.thumbnail.staging
`,
  "oaas.package.DeploymentStatus": STATUS,
  "oaas.package.ReportStatusRequest": `deployment_id: 3f0c\nstatus:\n${indented(STATUS)}\n`,
  "oaas.package.ReportStatusResponse": `status: OK
`,
  "oaas.deployment.FunctionDeploymentSpec": `function_key: resize
replicas: 2
resource_requirements: { cpu_request: 100m, memory_request: 128Mi }
`,
  "oaas.deployment.OClassDeployment": DEPLOYMENT,
  "oaas.deployment.DeploymentUnit": UNIT,
  "oaas.deployment.DeployRequest": `deployment_unit:\n${indented(UNIT)}\n`,
  "oaas.deployment.DeployResponse": `status: OK
deployment_id: 3f0c
`,
  "oaas.deployment.GetDeploymentStatusRequest": `deployment_id: 3f0c
`,
  "oaas.deployment.GetDeploymentStatusResponse": `status: OK\ndeployment:\n${
    indented(DEPLOYMENT)
  }\nmessage: DEPLOYED\n`,
  "oaas.deployment.ScaleDeploymentRequest": `deployment_id: 3f0c
target_replicas: 4
`,
  "oaas.deployment.ScaleDeploymentResponse": `status: OK
`,
  "oaas.deployment.DeleteDeploymentRequest": `deployment_id: 3f0c
`,
  "oaas.deployment.DeleteDeploymentResponse": `status: NOT_FOUND
message: no deployment of that id
`,
  "oaas.runtime.RuntimeState": STATE,
  "oaas.runtime.GetRuntimeStateRequest": `instance_id: 3f0c-0
`,
  "oaas.runtime.GetRuntimeStateResponse": `status: OK\nruntime_state:\n${indented(STATE)}\n`,
  "oaas.runtime.UpdateRuntimeStateRequest": `runtime_state:\n${indented(STATE)}\n`,
  "oaas.runtime.UpdateRuntimeStateResponse": `status: OK
`,
  "oaas.runtime.ListActiveInstancesRequest": `deployment_id: 3f0c
limit: 20
`,
  "oaas.runtime.ListActiveInstancesResponse": `status: OK\ninstances:\n${
    indented(listed(STATE))
  }\ntotal_count: 1\n`,
  "oaas.health.HealthCheckRequest": `service: oaas.package.PackageService
`,
  "oaas.health.HealthCheckResponse": `status: SERVING
`,
};
