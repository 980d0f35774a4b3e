/** Which instances a deployment is made of. */
import type { OClassDeployment } from "@oprc/proto/deployment";
import type { InstanceSpec } from "./instance_runner.ts";

/**
 * The instances that a deployment asks for: one for each replica of each
 * function. The same deployment always gives the same ids.
 */
export function instancesOf(deployment: OClassDeployment): InstanceSpec[] {
  const taken = new Set<string>();
  return deployment.functions.flatMap((spec, index) => {
    // A dependency's function is `dependency/function-key`; ids carry no slash.
    const plain = spec.functionKey.replace("/", "--");
    const name = taken.has(plain) ? `${plain}.${index}` : plain;
    taken.add(name);
    return Array.from({ length: spec.replicas }, (_, replica): InstanceSpec => ({
      id: `${deployment.key}.${name}.${replica}`,
      deploymentId: deployment.key,
      functionKey: spec.functionKey,
      resources: spec.resourceRequirements,
    }));
  });
}

/** Whether an instance that runs is still what is asked for. */
export function sameInstance(a: InstanceSpec, b: InstanceSpec): boolean {
  const [x, y] = [a.resources, b.resources];
  return a.functionKey === b.functionKey && x?.cpuRequest === y?.cpuRequest &&
    x?.memoryRequest === y?.memoryRequest && x?.cpuLimit === y?.cpuLimit &&
    x?.memoryLimit === y?.memoryLimit;
}
