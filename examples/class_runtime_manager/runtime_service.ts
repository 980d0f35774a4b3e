/** RuntimeService: the states of a cluster's instances. */
import { Code, ConnectError } from "@connectrpc/connect";
import type { RuntimeServiceHandler } from "@oprc/grpc";
import { createModel, toTimestamp, withDefaults } from "@oprc/models";
import { StatusCode } from "@oprc/proto/common";
import { RuntimeStateSchema } from "@oprc/proto/runtime";
import type { DeploymentStorage, RuntimeStorage } from "@oprc/storage";
import { sliceOf } from "../common/slice.ts";
import { collectPage } from "../common/storage_helpers.ts";

/** Statuses of instances that are there to take calls, now or in a moment. */
const ACTIVE = new Set(["STARTING", "RUNNING"]);

/** Makes the handler of RuntimeService. */
export function runtimeHandler(
  deployments: DeploymentStorage,
  runtimes: RuntimeStorage,
): RuntimeServiceHandler {
  return {
    async getRuntimeState({ instanceId }, { signal }) {
      const found = instanceId === ""
        ? undefined
        : await runtimes.getRuntime(instanceId, { signal });
      if (found === undefined) {
        throw new ConnectError(`Cannot get instance "${instanceId}": there is none`, Code.NotFound);
      }
      return { status: StatusCode.OK, runtimeState: found.value };
    },
    async updateRuntimeState({ runtimeState }, { signal }) {
      if (runtimeState === undefined) {
        throw new ConnectError("runtime_state is missing from the request", Code.InvalidArgument);
      }
      const { instanceId, deploymentId } = runtimeState;
      if (!await deployments.deploymentExists(deploymentId, { signal })) {
        throw new ConnectError(
          `Cannot update instance "${instanceId}": there is no deployment "${deploymentId}"`,
          Code.NotFound,
        );
      }
      await runtimes.storeRuntime(
        withDefaults(
          RuntimeStateSchema,
          createModel(RuntimeStateSchema, {
            ...runtimeState,
            lastHeartbeat: runtimeState.lastHeartbeat ?? toTimestamp(new Date()),
          }),
        ),
        { signal },
      );
      return { status: StatusCode.OK };
    },
    async listActiveInstances(request, { signal }) {
      const filter = request.deploymentId ? { deploymentId: request.deploymentId } : {};
      const { items, totalCount } = await collectPage(
        (cursor) => runtimes.listRuntimes(filter, { cursor, signal }),
        (state) => ACTIVE.has(state.status),
        sliceOf(request),
      );
      return { status: StatusCode.OK, instances: items, totalCount };
    },
  };
}
