import type { OClassDeployment } from "@oprc/proto/deployment";
import { type Query, type Term, term } from "./_terms.ts";
import type { DeploymentFilter } from "./deployment_storage.ts";

/** What deployments can be found by, beside what clusters report of them. */
export function deploymentTerms(deployment: OClassDeployment): Term[] {
  const { packageName, classKey, targetEnv, targetClusters } = deployment;
  return [
    term("package", packageName),
    term("class", classKey),
    term("environment", targetEnv),
    ...targetClusters.map((cluster) => term("cluster", cluster)),
  ];
}

/** What a status that a cluster reported makes a deployment be found by. */
export function statusTerms(cluster: string, status: string): Term[] {
  const upper = status.toUpperCase();
  return [term("status", upper), term("status", upper, cluster)];
}

/** What a filter asks of deployments. */
export function deploymentQuery(filter: DeploymentFilter): Query {
  const { packageName, classKey, targetEnv, cluster, status } = filter;
  return {
    name: undefined,
    terms: [
      ...status === undefined ? [] : [
        cluster === undefined
          ? term("status", status.toUpperCase())
          : term("status", status.toUpperCase(), cluster),
      ],
      ...packageName === undefined ? [] : [term("package", packageName)],
      ...classKey === undefined ? [] : [term("class", classKey)],
      ...targetEnv === undefined ? [] : [term("environment", targetEnv)],
      ...cluster === undefined ? [] : [term("cluster", cluster)],
    ],
  };
}
