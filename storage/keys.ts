import { quote } from "./_limits.ts";
import { StorageError } from "./errors.ts";

/** The prefix that existing deployments of the platform use. */
export const DEFAULT_KEY_PREFIX = "/oaas";

const NAME = /^[\x21-\x2e\x30-\x7e]+$/;

function checkName(what: string, name: string): string {
  if (typeof name === "string" && NAME.test(name)) return name;
  const why = name === "" ? "it is empty" : "a name is printable ASCII without spaces and slashes";
  throw new StorageError("invalid", `Cannot use ${what} ${quote(name)} in a key: ${why}`);
}

/** Checks a key prefix, and gives it back. */
export function checkKeyPrefix(prefix: string): string {
  const text = `Cannot use key prefix ${quote(prefix)}`;
  if (typeof prefix !== "string" || !/^[\x21-\x7e]{0,200}$/.test(prefix)) {
    throw new StorageError(
      "invalid",
      `${text}: a prefix is at most 200 bytes of printable ASCII without spaces`,
    );
  }
  if (prefix.endsWith("/")) {
    throw new StorageError("invalid", `${text}: it must not end with a slash`);
  }
  return prefix;
}

/** What the keys of all packages start with. */
export function packagesPrefix(prefix: string): string {
  return `${checkKeyPrefix(prefix)}/packages/`;
}

/** What the keys of all deployments, and of their cluster mappings, start with. */
export function deploymentsPrefix(prefix: string): string {
  return `${checkKeyPrefix(prefix)}/deployments/`;
}

/** What the keys of the cluster mappings of a deployment start with. */
export function clusterMappingsPrefix(prefix: string, deployment: string): string {
  return `${deploymentKey(prefix, deployment)}/clusters/`;
}

/** What the keys of all deployment statuses start with. */
export function deploymentStatusesPrefix(prefix: string): string {
  return `${checkKeyPrefix(prefix)}/deployment-statuses/`;
}

/** What the keys of all runtime states start with. */
export function runtimesPrefix(prefix: string): string {
  return `${checkKeyPrefix(prefix)}/runtimes/`;
}

/**
 * The key of a package: `{prefix}/packages/{name}`.
 *
 * @throws {StorageError} `"invalid"` if the name can't be part of a key
 */
export function packageKey(prefix: string, name: string): string {
  return packagesPrefix(prefix) + checkName("package name", name);
}

/**
 * The key of a deployment: `{prefix}/deployments/{deployment}`.
 *
 * @throws {StorageError} `"invalid"` if the deployment's key can't be part of a key
 */
export function deploymentKey(prefix: string, deployment: string): string {
  return deploymentsPrefix(prefix) + checkName("deployment key", deployment);
}

/**
 * The key of a cluster mapping: `{prefix}/deployments/{deployment}/clusters/{cluster}`. Its value
 * is the cluster's id of the deployment, as plain UTF-8 text.
 *
 * @throws {StorageError} `"invalid"` if one of the names can't be part of a key
 */
export function clusterMappingKey(prefix: string, deployment: string, cluster: string): string {
  return clusterMappingsPrefix(prefix, deployment) + checkName("cluster", cluster);
}

/**
 * The key of the status that a cluster reported: `{prefix}/deployment-statuses/{id}`, with the
 * cluster's id of the deployment.
 *
 * @throws {StorageError} `"invalid"` if the id can't be part of a key
 */
export function deploymentStatusKey(prefix: string, id: string): string {
  return deploymentStatusesPrefix(prefix) + checkName("deployment id", id);
}

/**
 * The key of a runtime state: `{prefix}/runtimes/{instance}`.
 *
 * @throws {StorageError} `"invalid"` if the instance id can't be part of a key
 */
export function runtimeKey(prefix: string, instance: string): string {
  return runtimesPrefix(prefix) + checkName("instance id", instance);
}

/** Reads what {@linkcode clusterMappingKey} made; `undefined` for other keys. */
export function mappingOf(
  deployments: string,
  key: string,
): { readonly deployment: string; readonly cluster: string } | undefined {
  const [deployment, clusters, cluster, more] = key.slice(deployments.length).split("/");
  if (!deployment || clusters !== "clusters" || !cluster || more !== undefined) return undefined;
  return { deployment, cluster };
}
