import type {
  DescMessage,
  DescMethodServerStreaming,
  DescMethodUnary,
  MessageShape,
} from "@bufbuild/protobuf";
import type { StreamRequest, StreamResponse } from "@connectrpc/connect";
import { answerTo } from "../_error_boundary.ts";
import { requestOf, responseOf } from "../_intercepted.ts";
import { createMethod, type Method, type MethodOptions, own } from "../_method.ts";
import { UnaryCall } from "../_unary/call.ts";
import type { UnaryRequest } from "../_unary/request.ts";
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
export interface ServerStreamMethod extends Method {
  /** A call that has just begun. */
  begin(protocolName: string, request: UnaryRequest, timeoutMs: number | undefined): UnaryCall;
  /** Runs the interceptors, and the handler as far as it goes without being asked for a message. */
  invoke(call: UnaryCall, input: StreamInput): Promise<StreamOutput>;
}

/** Prepares a method for its calls. */
export function createServerStreamMethod(
  desc: DescMethodServerStreaming,
  handler: AnyHandler,
  options: MethodOptions,
): ServerStreamMethod {
  const method = createMethod(desc, options);
  const { interceptors, normal } = method;

  async function plain(call: UnaryCall, input: StreamInput): Promise<StreamOutput> {
    const message = input.only();
    const answered = handler((message instanceof Promise ? await message : message) as never, call);
    return { messages: answered[Symbol.asyncIterator]() };
  }

  async function intercepted(call: UnaryCall, input: StreamInput): Promise<StreamOutput> {
    const first: AnyRequest = requestOf(call, desc, input.messages(), true);
    let answered: AnyResponse | undefined;
    // So that interceptors see codes, not what a handler happened to throw.
    const explain = (error: unknown) => answerTo(own(error, call), "");
    let next: AnyFn = async (request) => {
      if (request !== first) call.override(request);
      try {
        const messages = handler(await onlyOne(request.message) as never, call);
        const normalized = {
          [Symbol.asyncIterator]: () => mapped(messages[Symbol.asyncIterator](), normal, explain),
        };
        return answered = responseOf(call, desc, normalized, true);
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
    ...method,
    // The call asks its method for no more than its name and its service.
    begin: (protocolName, request, timeoutMs) =>
      new UnaryCall(desc as unknown as DescMethodUnary, protocolName, request, timeoutMs),
    invoke: interceptors.length === 0 ? plain : intercepted,
  };
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
