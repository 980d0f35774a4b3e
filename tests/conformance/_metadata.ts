/** Headers and errors as the conformance suite's messages carry them, and back. */
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import {
  type Error,
  ErrorSchema,
  type Header,
} from "./gen/connectrpc/conformance/v1/service_pb.ts";
import type { HeaderSchema } from "./gen/connectrpc/conformance/v1/service_pb.ts";

/** Adds the suite's headers to others. */
export function addHeaders(to: Headers, headers: readonly Header[]): Headers {
  for (const { name, value } of headers) {
    for (const one of value) to.append(name, one);
  }
  return to;
}

/** Headers for the suite; several values of a name come joined from `Headers`. */
export function fromHeaders(headers: Headers): MessageInitShape<typeof HeaderSchema>[] {
  return [...headers].map(([name, value]) => ({ name, value: value.split(", ") }));
}

/** The error that the suite asks for. */
export function toConnectError({ code, message, details }: Error): ConnectError {
  const error = new ConnectError(message ?? "", code as number);
  error.details = details.map(({ typeUrl, value }) => ({
    type: typeUrl.slice(typeUrl.lastIndexOf("/") + 1),
    value,
  }));
  return error;
}

/** What a call failed with, for the suite. */
export function fromConnectError(thrown: unknown): Error {
  const error = ConnectError.from(thrown, Code.Unknown);
  return create(ErrorSchema, {
    code: error.code as number,
    message: error.rawMessage,
    details: error.details.flatMap((detail) =>
      "type" in detail
        ? [{ typeUrl: `type.googleapis.com/${detail.type}`, value: detail.value }]
        : []
    ),
  });
}

/** Waits, as the suite asks programs to. */
export function delay(ms: number): Promise<void> | undefined {
  return ms > 0 ? new Promise((resolve) => setTimeout(resolve, ms)) : undefined;
}
