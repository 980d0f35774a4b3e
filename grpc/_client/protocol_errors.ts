import { Code, ConnectError, type Interceptor } from "@connectrpc/connect";

/**
 * The error of a server that broke the protocol. Connect names it as one side of a call that
 * receives something would, `InvalidArgument`; to a client it is `Internal`, as its argument was
 * not at fault. An error that the server sent carries the response's headers, and stays.
 */
export function namedProtocolError(error: unknown): unknown {
  if (!(error instanceof ConnectError) || error.code !== Code.InvalidArgument) return error;
  const sent = !error.metadata.entries().next().done;
  if (sent || !/^protocol error: /.test(error.rawMessage)) return error;
  return new ConnectError(error.rawMessage, Code.Internal, undefined, undefined, error);
}

/** What an error is to be told as. */
export type NameError = (error: unknown) => unknown | Promise<unknown>;

/** Gives the errors of each call the names that `begin`, asked when the call begins, finds. */
export function namingErrors(begin: (signal: AbortSignal) => NameError): Interceptor {
  return (next) => async (request) => {
    const name = begin(request.signal);
    try {
      const response = await next(request);
      return response.stream ? { ...response, message: named(response.message, name) } : response;
    } catch (error) {
      throw await name(error);
    }
  };
}

async function* named<T>(messages: AsyncIterable<T>, name: NameError): AsyncIterable<T> {
  try {
    yield* messages;
  } catch (error) {
    throw await name(error);
  }
}
