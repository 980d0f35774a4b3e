import {
  create,
  type DescMessage,
  type DescMethodUnary,
  type MessageShape,
} from "@bufbuild/protobuf";
import type { Interceptor, UnaryRequest as Request, UnaryResponse } from "@connectrpc/connect";
import { answerTo } from "../_error_boundary.ts";
import { requestOf, responseOf } from "../_intercepted.ts";
import { createMethod, type Method, type MethodOptions, own } from "../_method.ts";
import type { UnaryCall } from "./call.ts";

type AnyMessage = MessageShape<DescMessage>;
type AnyHandler = (request: never, context: UnaryCall) => unknown;
type AnyRequest = Request<DescMessage, DescMessage>;
type AnyResponse = UnaryResponse<DescMessage, DescMessage>;

/** A unary method with all that is known of it before a call comes. */
export interface UnaryMethod extends Method {
  readonly desc: DescMethodUnary;
  /** Runs interceptors and handler: the answer as the last of them gave it, at once or later. */
  invoke(call: UnaryCall, input: AnyMessage): unknown;
}

/** Prepares a method for its calls. */
export function createUnaryMethod(
  desc: DescMethodUnary,
  handler: AnyHandler,
  options: MethodOptions,
): UnaryMethod {
  const { interceptors } = options;
  return {
    ...createMethod(desc, options),
    desc,
    // Each promise between would cost a small call more than its message does.
    invoke: interceptors.length === 0
      ? (call, input) => handler(input as never, call)
      : (call, input) => intercepted(call, input, desc, handler, interceptors),
  };
}

async function intercepted(
  call: UnaryCall,
  input: AnyMessage,
  desc: DescMethodUnary,
  handler: AnyHandler,
  interceptors: readonly Interceptor[],
): Promise<AnyMessage> {
  const first: AnyRequest = requestOf(call, desc, input, false);
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
    return answered = responseOf(call, desc, message, false);
  };
  for (let i = interceptors.length - 1; i >= 0; i--) {
    next = interceptors[i]!(next as Parameters<Interceptor>[0]) as typeof next;
  }
  const response = await next(first);
  if (response !== answered) call.answerWith(response.header, response.trailer);
  return response.message;
}
