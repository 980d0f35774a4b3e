import { Code, ConnectError, type Interceptor } from "@connectrpc/connect";

/**
 * The innermost interceptor of every client: gives failures of the connection
 * one code, `Unavailable`. Without it a lost connection shows as `unknown`,
 * `canceled`, `aborted` or `internal`, by the moment at which it broke.
 *
 * An error whose call was ended by its caller or its deadline, and an error
 * that the server sent, stay as they are.
 */
export function connectionErrors(origin: string): Interceptor {
  const fail = (error: unknown, signal: AbortSignal): never => {
    throw signal.aborted ? error : nameConnectionError(error, origin);
  };
  return (next) => async (request) => {
    try {
      const response = await next(request);
      if (!response.stream) return response;
      return { ...response, message: rethrowing(response.message, request.signal, fail) };
    } catch (error) {
      return fail(error, request.signal);
    }
  };
}

async function* rethrowing<T>(
  messages: AsyncIterable<T>,
  signal: AbortSignal,
  fail: (error: unknown, signal: AbortSignal) => never,
): AsyncIterable<T> {
  try {
    yield* messages;
  } catch (error) {
    fail(error, signal);
  }
}

/** The error as its caller should see it. */
export function nameConnectionError(error: unknown, origin: string): unknown {
  const why = connectionFault(error);
  if (why === undefined) return error;
  return new ConnectError(
    `Cannot reach ${origin}: ${why}`,
    Code.Unavailable,
    undefined,
    undefined,
    error,
  );
}

/** Error codes of sockets, HTTP/2 sessions and TLS; a server's own answer carries none. */
const FAULT =
  /^(E[A-Z]+|ERR_(STREAM|HTTP2|TLS|SSL)_\w+|CERT_\w+|DEPTH_ZERO_\w+|SELF_SIGNED_\w+|UNABLE_TO_\w+)$/;

/** What happened to the connection, or undefined when the error is not about it. */
function connectionFault(error: unknown): string | undefined {
  for (const link of causes(error)) {
    const code = "code" in link && typeof link.code === "string" ? link.code : undefined;
    if (code === "ERR_STREAM_PREMATURE_CLOSE" || link.message === "Premature close") {
      return "the connection was lost during the call";
    }
    if (code === "ECONNREFUSED") return "the connection was refused";
    if (code !== undefined && FAULT.test(code)) return `${link.message || code}`;
  }
  // Connect's own words for a stream that the other side reset.
  if (error instanceof ConnectError && /^http\/2 stream closed with/.test(error.rawMessage)) {
    if (error.code === Code.Canceled || error.code === Code.Unavailable) {
      return "the connection was lost during the call";
    }
  }
  return undefined;
}

function causes(error: unknown): Error[] {
  const chain: Error[] = [];
  for (let link = error; link instanceof Error && !chain.includes(link); link = link.cause) {
    chain.push(link);
  }
  return chain;
}
