import {
  create,
  type DescMessage,
  type DescMethodUnary,
  type JsonReadOptions,
  type JsonWriteOptions,
  type MessageShape,
} from "@bufbuild/protobuf";
import type { Interceptor, UnaryRequest as Request, UnaryResponse } from "@connectrpc/connect";
import {
  type Compression,
  createMethodSerializationLookup,
  createMethodUrl,
  type MethodSerializationLookup,
} from "@connectrpc/connect/protocol";
import { answerTo, cancelled } from "../_error_boundary.ts";
import type { ServerErrorHook } from "../server_options.ts";
import type { UnaryCall } from "./call.ts";

type AnyMessage = MessageShape<DescMessage>;
type AnyHandler = (request: never, context: UnaryCall) => unknown;
type AnyRequest = Request<DescMessage, DescMessage>;
type AnyResponse = UnaryResponse<DescMessage, DescMessage>;

/** What all unary methods of a server share. */
export interface UnaryMethodOptions {
  readonly interceptors: readonly Interceptor[];
  readonly hook: ServerErrorHook;
  readonly maxMessageBytes: number;
  readonly compressions: Compression[];
  readonly jsonOptions?: Partial<JsonReadOptions & JsonWriteOptions>;
}

/** A unary method with all that is known of it before a call comes. */
export interface UnaryMethod extends UnaryMethodOptions {
  readonly desc: DescMethodUnary;
  readonly path: string;
  readonly serialization: MethodSerializationLookup<DescMessage, DescMessage>;
  /**
   * Runs interceptors and handler.
   *
   * @throws {ConnectError} nothing else.
   */
  invoke(call: UnaryCall, input: AnyMessage): Promise<AnyMessage>;
}

/** As in Connect: the largest message that protobuf can carry. */
const MAX_WRITE_BYTES = 0xffff_ffff;

/** Smaller messages aren't worth the cost of compressing them. */
export const COMPRESS_MIN_BYTES = 1024;

/** Prepares a method for its calls. */
export function createUnaryMethod(
  desc: DescMethodUnary,
  handler: AnyHandler,
  options: UnaryMethodOptions,
): UnaryMethod {
  const path = createMethodUrl("/", desc);
  const { interceptors, hook } = options;
  return {
    ...options,
    desc,
    path,
    serialization: createMethodSerializationLookup(desc, undefined, options.jsonOptions, {
      readMaxBytes: options.maxMessageBytes,
      writeMaxBytes: MAX_WRITE_BYTES,
    }),
    async invoke(call, input) {
      try {
        // Each promise between would cost a small call more than its message does.
        return interceptors.length === 0
          ? create(desc.output, await handler(input as never, call) as AnyMessage)
          : await intercepted(call, input, desc, handler, interceptors);
      } catch (error) {
        throw answerTo(own(error, call), path, hook);
      }
    },
  };
}

function own(error: unknown, call: UnaryCall): unknown {
  return call.watched ? cancelled(error, call.signal) : error;
}

async function intercepted(
  call: UnaryCall,
  input: AnyMessage,
  desc: DescMethodUnary,
  handler: AnyHandler,
  interceptors: readonly Interceptor[],
): Promise<AnyMessage> {
  const first = requestOf(call, desc, input);
  let answered: AnyResponse | undefined;
  let next = async (request: AnyRequest): Promise<AnyResponse> => {
    if (request !== first) call.override(request);
    let message: AnyMessage;
    try {
      message = create(desc.output, await handler(request.message as never, call) as AnyMessage);
    } catch (error) {
      // So that interceptors see codes, not what a handler happened to throw.
      throw answerTo(own(error, call), "");
    }
    return answered = responseOf(call, desc, message);
  };
  for (let i = interceptors.length - 1; i >= 0; i--) {
    next = interceptors[i]!(next as Parameters<Interceptor>[0]) as typeof next;
  }
  const response = await next(first);
  if (response !== answered) call.answerWith(response.header, response.trailer);
  return response.message;
}

// Accessors of the objects themselves, not of a class, so that a spread copies their values.

function requestOf(call: UnaryCall, method: DescMethodUnary, message: AnyMessage): AnyRequest {
  return {
    stream: false,
    message,
    method,
    service: method.parent,
    requestMethod: call.requestMethod,
    get url() {
      return call.url;
    },
    get signal() {
      return call.signal;
    },
    get header() {
      return call.requestHeader;
    },
    get contextValues() {
      return call.values;
    },
  };
}

function responseOf(call: UnaryCall, method: DescMethodUnary, message: AnyMessage): AnyResponse {
  return {
    stream: false,
    message,
    method,
    service: method.parent,
    get header() {
      return call.responseHeader;
    },
    get trailer() {
      return call.responseTrailer;
    },
  };
}
