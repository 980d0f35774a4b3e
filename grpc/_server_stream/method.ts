import {
  create,
  type DescMessage,
  type DescMethodServerStreaming,
  type DescMethodUnary,
  type MessageShape,
} from "@bufbuild/protobuf";
import type { StreamRequest, StreamResponse } from "@connectrpc/connect";
import {
  createMethodSerializationLookup,
  createMethodUrl,
  type MethodSerializationLookup,
} from "@connectrpc/connect/protocol";
import { answerTo, cancelled } from "../_error_boundary.ts";
import { UnaryCall } from "../_unary/call.ts";
import type { UnaryMethodOptions } from "../_unary/method.ts";
import type { UnaryRequest } from "../_unary/request.ts";
import { createEncoder } from "./encode.ts";
import { onlyOne, type StreamInput } from "./input.ts";

type AnyMessage = MessageShape<DescMessage>;
type AnyRequest = StreamRequest<DescMessage, DescMessage>;
type AnyResponse = StreamResponse<DescMessage, DescMessage>;
type AnyHandler = (request: never, context: UnaryCall) => AsyncIterable<unknown>;
type AnyFn = (request: AnyRequest) => Promise<AnyResponse>;

/** What a handler answers, as far as it has gone. */
export interface StreamOutput {
  readonly messages: AsyncIterator<unknown>;
  /** The trailers that an interceptor put in place of the call's own. */
  readonly trailer?: Headers;
}

/** A server-streaming method with all that is known of it before a call comes. */
export interface ServerStreamMethod extends UnaryMethodOptions {
  readonly serialization: MethodSerializationLookup<DescMessage, DescMessage>;
  /** Writes a message in protobuf. */
  readonly encode: (message: AnyMessage) => Uint8Array<ArrayBuffer>;
  /** A message of the method's, of what a handler or an interceptor answered. */
  normal(message: unknown): AnyMessage;
  /** A call that has just begun. */
  begin(protocolName: string, request: UnaryRequest, timeoutMs: number | undefined): UnaryCall;
  /** Runs the interceptors, and the handler as far as it goes without being asked for a message. */
  invoke(call: UnaryCall, input: StreamInput): Promise<StreamOutput>;
  /** The error that a caller sees of one that left `invoke` or its messages. */
  answerTo(error: unknown, call: UnaryCall): ReturnType<typeof answerTo>;
}

/** As in Connect: the largest message that protobuf can carry. */
const MAX_WRITE_BYTES = 0xffff_ffff;

/** Prepares a method for its calls. */
export function createServerStreamMethod(
  desc: DescMethodServerStreaming,
  handler: AnyHandler,
  options: UnaryMethodOptions,
): ServerStreamMethod {
  const path = createMethodUrl("/", desc);
  const { interceptors, hook } = options;
  const normal = (message: unknown) => create(desc.output, message as AnyMessage);

  async function plain(call: UnaryCall, input: StreamInput): Promise<StreamOutput> {
    const message = input.only();
    const answered = handler((message instanceof Promise ? await message : message) as never, call);
    return { messages: answered[Symbol.asyncIterator]() };
  }

  async function intercepted(call: UnaryCall, input: StreamInput): Promise<StreamOutput> {
    const first = requestOf(call, desc, input.messages());
    let answered: AnyResponse | undefined;
    // So that interceptors see codes, not what a handler happened to throw.
    const explain = (error: unknown) => answerTo(own(error, call), "");
    let next: AnyFn = async (request) => {
      if (request !== first) call.override(request);
      try {
        const messages = handler(await onlyOne(request.message) as never, call);
        const iterate = () => mapped(messages[Symbol.asyncIterator](), normal, explain);
        return answered = responseOf(call, desc, iterate);
      } catch (error) {
        throw explain(error);
      }
    };
    for (let i = interceptors.length - 1; i >= 0; i--) {
      next = interceptors[i]!(next as never) as unknown as AnyFn;
    }
    const response = await next(first);
    const messages = response.message[Symbol.asyncIterator]();
    if (response === answered) return { messages };
    // Trailers may change to the end, and replace the handler's where all went well.
    call.answerWith(response.header, call.responseTrailer);
    return { messages, trailer: response.trailer };
  }

  return {
    ...options,
    normal,
    encode: createEncoder(desc.output),
    serialization: createMethodSerializationLookup(desc, undefined, options.jsonOptions, {
      readMaxBytes: options.maxMessageBytes,
      writeMaxBytes: MAX_WRITE_BYTES,
    }),
    // The call asks its method for no more than its name and its service.
    begin: (protocolName, request, timeoutMs) =>
      new UnaryCall(desc as unknown as DescMethodUnary, protocolName, request, timeoutMs),
    invoke: interceptors.length === 0 ? plain : intercepted,
    answerTo: (error, call) => answerTo(own(error, call), path, hook),
  };
}

function own(error: unknown, call: UnaryCall): unknown {
  return call.watched ? cancelled(error, call.signal) : error;
}

/** An iterator whose values, and errors, are changed on their way. */
function mapped<T, U>(
  source: AsyncIterator<T>,
  change: (value: T) => U,
  explain: (error: unknown) => unknown,
): AsyncIterableIterator<U> {
  const pass = (result: IteratorResult<T>): IteratorResult<U> =>
    result.done ? result : { done: false, value: change(result.value) };
  const fail = (error: unknown): never => {
    throw explain(error);
  };
  const passed = (step: Promise<IteratorResult<T>>) => step.then(pass).catch(fail);
  const iterator: AsyncIterableIterator<U> = {
    next: () => passed(source.next()),
    [Symbol.asyncIterator]: () => iterator,
  };
  if (source.throw !== undefined) iterator.throw = (error) => passed(source.throw!(error));
  if (source.return !== undefined) iterator.return = (value) => passed(source.return!(value));
  return iterator;
}

// Accessors of the objects themselves, not of a class, so that a spread copies their values.

function requestOf(
  call: UnaryCall,
  method: DescMethodServerStreaming,
  message: AsyncIterable<AnyMessage>,
): AnyRequest {
  return {
    stream: true,
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

function responseOf(
  call: UnaryCall,
  method: DescMethodServerStreaming,
  iterate: () => AsyncIterator<AnyMessage>,
): AnyResponse {
  return {
    stream: true,
    message: { [Symbol.asyncIterator]: iterate as () => AsyncIterableIterator<AnyMessage> },
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
