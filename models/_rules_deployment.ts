import {
  DeleteDeploymentRequestSchema,
  DeploymentUnitSchema,
  DeployRequestSchema,
  FunctionDeploymentSpecSchema,
  GetDeploymentStatusRequestSchema,
  OClassDeploymentSchema,
  ScaleDeploymentRequestSchema,
} from "@oprc/proto/deployment";
import { type MessageRules, rulesOf } from "./_rule.ts";
import {
  atLeastOne,
  functionReference,
  identifier,
  key,
  notEmpty,
  notEmptyList,
  packageName,
  present,
} from "./_rules_basic.ts";

const id = [notEmpty("EmptyField", "the id of a deployment"), identifier];
const owner = [notEmpty("EmptyField", 'the name of a package, such as "images"'), packageName];
const classKey = [notEmpty("EmptyField", 'the key of a class, such as "thumbnail"'), key];
const cluster = [notEmpty("EmptyField", "the name of a cluster"), identifier];
const environment = [notEmpty("EmptyField", 'an environment, such as "staging"'), identifier];

/** The rules of oaas.deployment. */
export const deploymentRules: readonly MessageRules[] = [
  rulesOf(FunctionDeploymentSpecSchema, {
    functionKey: [
      notEmpty("EmptyField", 'the key of a function, such as "resize"'),
      functionReference,
    ],
    replicas: [atLeastOne("OutOfRange")],
  }),
  rulesOf(OClassDeploymentSchema, {
    key: [notEmpty("EmptyField", "the key of the deployment"), identifier],
    packageName: owner,
    classKey,
    targetEnv: environment,
    targetClusters: { list: [notEmptyList("EmptyField", "cluster")], each: cluster },
  }),
  rulesOf(DeploymentUnitSchema, {
    id,
    packageName: owner,
    classKey,
    targetCluster: cluster,
    targetEnv: environment,
  }),
  rulesOf(DeployRequestSchema, { deploymentUnit: [present] }, { isOwn: true }),
  rulesOf(GetDeploymentStatusRequestSchema, { deploymentId: id }, { isOwn: true }),
  rulesOf(ScaleDeploymentRequestSchema, {
    deploymentId: id,
    targetReplicas: [atLeastOne("OutOfRange")],
  }, { isOwn: true }),
  rulesOf(DeleteDeploymentRequestSchema, { deploymentId: id }, { isOwn: true }),
];
