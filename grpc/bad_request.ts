import { ConnectError } from "@connectrpc/connect";
import type { DescMessage, MessageInitShape } from "@bufbuild/protobuf";
import { BadRequestSchema } from "./gen/google/rpc/error_details_pb.ts";

/** One thing that is wrong with one field of a request, as the server told it. */
export interface RequestIssue {
  /** The stable code of the kind of fault, such as `EmptyField`. */
  readonly code: string;
  /** Where: the field's path, such as `package.classes[0].key`. */
  readonly path: string;
  /** What is wrong, in a sentence. */
  readonly message: string;
}

/**
 * How many bytes of violations go with an error. Details travel in a trailer,
 * and common gRPC peers take 8 KiB of trailers or less.
 */
const MAX_DETAIL_BYTES = 4096;

/** An error detail in the form that ConnectError takes. */
export interface BadRequestDetail {
  /** The text for the error itself. */
  readonly message: string;
  /** The detail to send with it. */
  readonly detail: { desc: DescMessage; value: MessageInitShape<DescMessage> };
}

/** Makes the message and the detail that carry `issues` to a caller. */
export function badRequestDetail(issues: readonly RequestIssue[]): BadRequestDetail {
  const encoder = new TextEncoder();
  const fieldViolations: { field: string; description: string; reason: string }[] = [];
  let bytes = 0;
  for (const { path, message, code } of issues) {
    bytes += encoder.encode(path + message + code).length + 12;
    if (bytes > MAX_DETAIL_BYTES) break;
    fieldViolations.push({ field: path, description: message, reason: code });
  }
  const value: MessageInitShape<typeof BadRequestSchema> = { fieldViolations };
  return {
    message: summary(issues, fieldViolations.length),
    detail: { desc: BadRequestSchema, value: value as MessageInitShape<DescMessage> },
  };
}

function summary(issues: readonly RequestIssue[], sent: number): string {
  const first = issues[0];
  if (first === undefined) return "the request is not valid";
  // The sentences of @oprc/models name the path themselves.
  const named = first.path === "" || first.message.includes(first.path);
  const text = named ? first.message : `${first.path}: ${first.message}`;
  const short = text.length > 500 ? `${text.slice(0, 500)}…` : text;
  if (issues.length === 1) return short;
  const more = `${short} (and ${issues.length - 1} more`;
  return sent < issues.length ? `${more}, of which ${sent} are sent)` : `${more})`;
}

/**
 * What is wrong with the request that an error answered; empty when the server
 * sent no such details.
 *
 * @example
 * ```ts
 * import { toConnectError, validationIssuesOf } from "@oprc/grpc";
 * import { ValidationError } from "@oprc/models";
 * import { assertEquals } from "@std/assert";
 *
 * const refused = new ValidationError("oaas.package.OPackage", [
 *   { code: "EmptyPackageName", path: "name", message: "name is empty" },
 * ]);
 * assertEquals(validationIssuesOf(toConnectError(refused))[0]?.path, "name");
 * ```
 */
export function validationIssuesOf(error: unknown): RequestIssue[] {
  if (!(error instanceof ConnectError)) return [];
  const violations = error.findDetails(BadRequestSchema).flatMap((found) => found.fieldViolations);
  return violations.map(({ field, description, reason }) => ({
    code: reason,
    path: field,
    message: description,
  }));
}
