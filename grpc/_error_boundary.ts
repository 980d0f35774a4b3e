import { Code, ConnectError, type Interceptor } from "@connectrpc/connect";
import type { ServerErrorContext, ServerErrorHook } from "./server_options.ts";
import { toConnectError } from "./status.ts";

/** Headers that belong to one connection or one message and must not travel on with an error. */
const HOP_HEADERS =
  /^(connection|content-.*|date|server|trailer|transfer-encoding|vary|accept.*|grpc-(?!retry-pushback-ms$).*|connect-.*|alt-svc|keep-alive|te|host)$/;

/**
 * The interceptor around everything on a server: whatever is thrown inside it
 * leaves it as a `ConnectError` that gives nothing internal away.
 */
export function errorBoundary(hook?: ServerErrorHook): Interceptor {
  return (next) => async (request) => {
    const path = new URL(request.url).pathname;
    try {
      const response = await next(request);
      if (!response.stream) return response;
      return { ...response, message: guarded(response.message, request.signal, path, hook) };
    } catch (error) {
      throw answerTo(cancelled(error, request.signal), path, hook);
    }
  };
}

/** A handler that gives up with its signal's reason has not failed, whatever the reason is. */
export function cancelled(error: unknown, signal: AbortSignal): unknown {
  if (!signal.aborted || error !== signal.reason || error instanceof ConnectError) return error;
  return new ConnectError("the call was cancelled", Code.Canceled, undefined, undefined, error);
}

async function* guarded<T>(
  messages: AsyncIterable<T>,
  signal: AbortSignal,
  path: string,
  hook: ServerErrorHook | undefined,
): AsyncIterable<T> {
  try {
    yield* messages;
  } catch (error) {
    throw answerTo(cancelled(error, signal), path, hook);
  }
}

/** The error that a caller sees of what was thrown; tells the hook where it is the server's fault. */
export function answerTo(error: unknown, path: string, hook?: ServerErrorHook): ConnectError {
  const answer = withoutHopHeaders(toConnectError(error));
  if (hook !== undefined && isServerFault(answer.code)) {
    try {
      // Inner boundaries have wrapped what was thrown; the hook gets the thing itself.
      hook(answer.cause ?? answer, { path, answer });
    } catch (fault) {
      console.error("Cannot report an error: onError threw", fault);
    }
  }
  return answer;
}

function isServerFault(code: Code): boolean {
  return code === Code.Internal || code === Code.Unknown || code === Code.DataLoss;
}

/**
 * An error that came from another server carries that server's response
 * headers, and Connect would send them on as ours.
 */
function withoutHopHeaders(error: ConnectError): ConnectError {
  for (const name of [...error.metadata.keys()]) {
    if (HOP_HEADERS.test(name)) error.metadata.delete(name);
  }
  return error;
}

/** The hook where none is given: an error that nobody sees is worse than a line on stderr. */
export function printServerError(error: unknown, { path, answer }: ServerErrorContext): void {
  console.error(`${path} answered ${Code[answer.code]}:`, error);
}
