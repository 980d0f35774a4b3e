import {
  GetRuntimeStateRequestSchema,
  ListActiveInstancesRequestSchema,
  RuntimeStateSchema,
  UpdateRuntimeStateRequestSchema,
} from "@oprc/proto/runtime";
import { type MessageRules, rulesOf } from "./_rule.ts";
import { identifier, notEmpty, oneOf, present } from "./_rules_basic.ts";
import { isRuntimeStatus, RUNTIME_STATUSES } from "./_status.ts";

const instanceId = [notEmpty("EmptyField", "the id of an instance"), identifier];

/** The rules of oaas.runtime. */
export const runtimeRules: readonly MessageRules[] = [
  rulesOf(RuntimeStateSchema, {
    instanceId,
    deploymentId: [notEmpty("EmptyField", "the id of a deployment"), identifier],
    status: [oneOf(RUNTIME_STATUSES, isRuntimeStatus, { orEmpty: false })],
  }),
  rulesOf(GetRuntimeStateRequestSchema, { instanceId }, { isOwn: true }),
  rulesOf(UpdateRuntimeStateRequestSchema, { runtimeState: [present] }, { isOwn: true }),
  rulesOf(ListActiveInstancesRequestSchema, { deploymentId: [identifier] }, { isOwn: true }),
];
