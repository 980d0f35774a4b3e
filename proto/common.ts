// Made by `deno task gen` from common.proto; do not edit.

/**
 * Types that every service of the platform shares: the outcome of a call, points
 * in time, and what a function asks of the machine it runs on.
 *
 * @module
 */
export {
  file_common,
  NfrRequirementsSchema,
  ResourceRequirementsSchema,
  StatusCode,
  StatusCodeSchema,
  TimestampSchema,
} from "./gen/common_pb.ts";
export type {
  NfrRequirements,
  NfrRequirementsJson,
  ResourceRequirements,
  ResourceRequirementsJson,
  StatusCodeJson,
  Timestamp,
  TimestampJson,
} from "./gen/common_pb.ts";
