import { type OClassDeployment, OClassDeploymentSchema } from "@oprc/proto/deployment";
import {
  type DeploymentStatus,
  DeploymentStatusSchema,
  type OPackage,
  OPackageSchema,
} from "@oprc/proto/package";
import { type RuntimeState, RuntimeStateSchema } from "@oprc/proto/runtime";
import { type Codec, messageCodec } from "./_codec.ts";

// When a message changes so that stored records of before would be read wrongly, what makes new ones
// of them goes into a list as the second argument here, at its end. All are of version 1 so far.

export const packageCodec: Codec<OPackage> = messageCodec(OPackageSchema);
export const deploymentCodec: Codec<OClassDeployment> = messageCodec(OClassDeploymentSchema);
export const statusCodec: Codec<DeploymentStatus> = messageCodec(DeploymentStatusSchema);
export const runtimeCodec: Codec<RuntimeState> = messageCodec(RuntimeStateSchema);
