import { create } from "@bufbuild/protobuf";
import { type OClassDeployment, OClassDeploymentSchema } from "@oprc/proto/deployment";
import {
  type DeploymentStatus,
  DeploymentStatusSchema,
  type OPackage,
  OPackageSchema,
} from "@oprc/proto/package";
import { type RuntimeState, RuntimeStateSchema } from "@oprc/proto/runtime";

type Fields<T> = Partial<Omit<T, "$typeName" | "$unknown">>;

export function aPackage(name: string, more: Fields<OPackage> = {}): OPackage {
  return create(OPackageSchema, { name, ...more });
}

export function aDeployment(key: string, more: Fields<OClassDeployment> = {}): OClassDeployment {
  const init = { key, packageName: "image", classKey: "photo", targetEnv: "dev", ...more };
  return create(OClassDeploymentSchema, init);
}

export function aRuntime(instanceId: string, more: Fields<RuntimeState> = {}): RuntimeState {
  return create(RuntimeStateSchema, { instanceId, deploymentId: "u1", status: "RUNNING", ...more });
}

export function aStatus(deploymentId: string, status: string): DeploymentStatus {
  return create(DeploymentStatusSchema, { deploymentId, status });
}
