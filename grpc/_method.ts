import {
  create,
  type DescMessage,
  type DescMethod,
  type JsonReadOptions,
  type JsonWriteOptions,
  type MessageShape,
} from "@bufbuild/protobuf";
import type { ConnectError, Interceptor } from "@connectrpc/connect";
import {
  type Compression,
  createMethodSerializationLookup,
  createMethodUrl,
  type MethodSerializationLookup,
} from "@connectrpc/connect/protocol";
import { createEncoder } from "./_encode.ts";
import { answerTo, cancelled } from "./_error_boundary.ts";
import type { UnaryCall } from "./_unary/call.ts";
import type { ServerErrorHook } from "./server_options.ts";

type AnyMessage = MessageShape<DescMessage>;

/** What all methods of a server share. */
export interface MethodOptions {
  readonly interceptors: readonly Interceptor[];
  readonly hook: ServerErrorHook;
  readonly maxMessageBytes: number;
  readonly compressions: Compression[];
  readonly jsonOptions?: Partial<JsonReadOptions & JsonWriteOptions>;
}

/** What is known of a method before a call comes, whatever its kind. */
export interface Method extends MethodOptions {
  readonly serialization: MethodSerializationLookup<DescMessage, DescMessage>;
  /** Writes an answer in protobuf, or else in JSON. */
  serialize(message: AnyMessage, binary: boolean): Uint8Array<ArrayBuffer>;
  /** A message of the method's, of what a handler or an interceptor answered. */
  normal(answer: unknown): AnyMessage;
  /** The error that a caller sees of one that a handler or an interceptor threw. */
  answerTo(error: unknown, call: UnaryCall): ConnectError;
}

/** As in Connect: the largest message that protobuf can carry. */
const MAX_WRITE_BYTES = 0xffff_ffff;

/** Prepares a method for its calls. */
export function createMethod(desc: DescMethod, options: MethodOptions): Method {
  const path = createMethodUrl("/", desc);
  const encode = createEncoder(desc.output);
  const serialization = createMethodSerializationLookup(desc, undefined, options.jsonOptions, {
    readMaxBytes: options.maxMessageBytes,
    writeMaxBytes: MAX_WRITE_BYTES,
  });
  return {
    ...options,
    serialization,
    serialize: (message, binary) =>
      binary ? encode(message) : serialization.getO(false).serialize(message),
    normal: (answer) => create(desc.output, answer as AnyMessage),
    answerTo: (error, call) => answerTo(own(error, call), path, options.hook),
  };
}

/** A handler that gives up with its signal's reason has not failed. */
export function own(error: unknown, call: UnaryCall): unknown {
  return call.watched ? cancelled(error, call.signal) : error;
}
