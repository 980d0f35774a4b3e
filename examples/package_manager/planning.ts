/** Which class goes where: from a stored package to a deployment and its units. */
import { Code, ConnectError } from "@connectrpc/connect";
import { createModel, toTimestamp, withDefaults } from "@oprc/models";
import {
  type DeploymentUnit,
  DeploymentUnitSchema,
  type FunctionDeploymentSpec,
  FunctionDeploymentSpecSchema,
  type OClassDeployment,
  OClassDeploymentSchema,
} from "@oprc/proto/deployment";
import type { DeployClassRequest, OClass, OFunction, OPackage } from "@oprc/proto/package";

/** One label of a host name: what an environment and a cluster are called. */
const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** Reads a package that a class binds functions of. */
export type ReadPackage = (name: string) => Promise<OPackage | undefined>;

/**
 * The key of a class's deployment to an environment: there is one of each, so
 * that deploying again changes what runs instead of adding to it.
 */
export function keyOf(packageName: string, classKey: string, environment: string): string {
  if (!LABEL.test(environment)) {
    throw new ConnectError(
      `Cannot deploy to environment ${JSON.stringify(environment)}: target_env must be of ` +
        `lower-case letters, digits and "-", such as "staging"`,
      Code.InvalidArgument,
    );
  }
  return `${packageName}.${classKey}.${environment}`;
}

/** The id of the part of a deployment that one cluster runs. */
export function unitIdOf(key: string, cluster: string): string {
  return `${key}.${cluster}`;
}

/** The class of a package, ready to be deployed. */
export function classOf(pkg: OPackage, classKey: string): OClass {
  const found = pkg.classes.find((c) => c.key === classKey);
  const where = `class "${classKey}" of package "${pkg.name}"`;
  if (found === undefined) {
    const known = pkg.classes.map((c) => c.key).join(", ") || "none";
    throw new ConnectError(
      `Cannot deploy ${where}: the package has no such class, only ${known}`,
      Code.NotFound,
    );
  }
  if (pkg.disabled || found.disabled) {
    throw new ConnectError(
      `Cannot deploy ${where}: the ${pkg.disabled ? "package" : "class"} is disabled`,
      Code.FailedPrecondition,
    );
  }
  return found;
}

/** How each function that a class binds is to be run: one instance of it at first. */
export async function functionSpecs(
  pkg: OPackage,
  deployed: OClass,
  readPackage: ReadPackage,
): Promise<FunctionDeploymentSpec[]> {
  const specs: FunctionDeploymentSpec[] = [];
  for (const binding of deployed.functions) {
    const bound = await boundFunction(pkg, binding.functionKey, readPackage);
    if (bound === undefined || bound.disabled) {
      throw new ConnectError(
        `Cannot deploy class "${deployed.key}" of package "${pkg.name}": function ` +
          `"${binding.functionKey}" ${bound === undefined ? "does not exist" : "is disabled"}`,
        Code.FailedPrecondition,
      );
    }
    specs.push(createModel(FunctionDeploymentSpecSchema, {
      functionKey: binding.functionKey,
      replicas: 1,
      resourceRequirements: bound.metadata?.resourceRequirements,
    }));
  }
  return specs;
}

/** The function that a binding names, of the package itself or of a dependency. */
export async function boundFunction(
  pkg: OPackage,
  functionKey: string,
  readPackage: ReadPackage,
): Promise<OFunction | undefined> {
  const slash = functionKey.indexOf("/");
  const holder = slash < 0 ? pkg : await readPackage(functionKey.slice(0, slash));
  return holder?.functions.find((f) => f.key === functionKey.slice(slash + 1));
}

/** The deployment that a request asks for; `former` is the one it replaces. */
export function planDeployment(
  request: DeployClassRequest,
  functions: readonly FunctionDeploymentSpec[],
  former: OClassDeployment | undefined,
  now: Date,
): OClassDeployment {
  return withDefaults(
    OClassDeploymentSchema,
    createModel(OClassDeploymentSchema, {
      key: keyOf(request.packageName, request.classKey, request.targetEnv),
      packageName: request.packageName,
      classKey: request.classKey,
      targetEnv: request.targetEnv,
      targetClusters: [...new Set(request.targetClusters)],
      nfrRequirements: request.nfrRequirements,
      // A class that runs already keeps the number of instances it was scaled to.
      functions: functions.map((spec) => ({
        ...spec,
        replicas: former?.functions.find((f) => f.functionKey === spec.functionKey)?.replicas ??
          spec.replicas,
      })),
      createdAt: former?.createdAt ?? toTimestamp(now),
    }),
  );
}

/** The part of a deployment that one cluster runs. */
export function unitOf(deployment: OClassDeployment, cluster: string, id: string): DeploymentUnit {
  return createModel(DeploymentUnitSchema, {
    id,
    packageName: deployment.packageName,
    classKey: deployment.classKey,
    targetCluster: cluster,
    functions: deployment.functions,
    targetEnv: deployment.targetEnv,
    nfrRequirements: deployment.nfrRequirements,
    createdAt: deployment.createdAt,
  });
}
