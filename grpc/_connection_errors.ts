import { Code, ConnectError, type Interceptor } from "@connectrpc/connect";
import { namedProtocolError, namingErrors } from "./_client/protocol_errors.ts";
import { markUnsent } from "./_client/unsent.ts";

/** What there is to know of the connections under a client. */
export interface ConnectionWatch {
  /** How many connections have ended so far. */
  lostCount(): number;
  /** Whether one more than `count` has ended; waits a moment for the news. */
  lostSince(count: number): Promise<boolean>;
}

/**
 * The innermost interceptor of every client: gives failures of the connection
 * one code, `Unavailable`. Without it a lost connection shows as `unknown`,
 * `canceled`, `aborted` or `internal`, by the moment at which it broke.
 *
 * An error whose call was ended by its caller or its deadline, and an error
 * that the server sent, stay as they are.
 */
export function connectionErrors(origin: string, watch: ConnectionWatch): Interceptor {
  return namingErrors((signal) => {
    const lostBefore = watch.lostCount();
    return async (error) => {
      // Connect itself tells why a call ended whose signal has aborted.
      if (signal.aborted) return error;
      if (isReset(error) && await abortsSoon(signal)) return error;
      const failure = connectionFailure(origin, error);
      if (failure !== undefined) return failure;
      if (endedEarly(error) && await watch.lostSince(lostBefore)) {
        return unavailable(origin, LOST, error);
      }
      return namedProtocolError(error);
    };
  });
}

/**
 * The error to tell of a connection that failed, or undefined when `error` is about
 * something else. It is marked as unsent when there never was a connection.
 */
export function connectionFailure(origin: string, error: unknown): ConnectError | undefined {
  const why = connectionFault(error);
  if (why === undefined) return undefined;
  const failure = unavailable(origin, why, error);
  return why === LOST ? failure : markUnsent(failure);
}

function unavailable(origin: string, why: string, cause: unknown): ConnectError {
  const message = `Cannot reach ${origin}: ${why}`;
  return new ConnectError(message, Code.Unavailable, undefined, undefined, cause);
}

const LOST = "the connection was lost during the call";

/** Error codes of sockets, HTTP/2 sessions and TLS; a server's own answer carries none. */
const FAULT =
  /^(E[A-Z]+|ERR_(STREAM|HTTP2|TLS|SSL)_\w+|CERT_\w+|DEPTH_ZERO_\w+|SELF_SIGNED_\w+|UNABLE_TO_\w+)$/;

/** Codes of certificates that can't be traced to an authority that is trusted. */
const UNTRUSTED = /^(DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|CERT_UNTRUSTED|CERT_SIGNATURE)_?/;

/** Codes that say no more than that the connection went away. */
const WENT_AWAY = /^(ECONNRESET|EPIPE|ERR_STREAM_\w+|ERR_HTTP2_\w+)$/;

/** What happened to the connection, or undefined when the error is not about it. */
function connectionFault(error: unknown): string | undefined {
  for (const link of causes(error)) {
    const code = "code" in link && typeof link.code === "string" ? link.code : undefined;
    if (link.message === "Premature close") return LOST;
    if (code === undefined || !FAULT.test(code)) continue;
    if (code === "ECONNREFUSED") return "the connection was refused";
    if (code === "CERT_HAS_EXPIRED") return "the server's certificate has expired";
    if (UNTRUSTED.test(code)) {
      // Deno says no more than this of a certificate that has expired.
      return `the server's certificate is not trusted (${link.message || code}): ` +
        "it may have expired, or tls.ca may lack its authority";
    }
    return WENT_AWAY.test(code) ? LOST : link.message || code;
  }
  return isReset(error) ? LOST : undefined;
}

/** Whether the other side reset the stream; the words are Connect's own. */
function isReset(error: unknown): boolean {
  return error instanceof ConnectError && error.code !== Code.ResourceExhausted &&
    /^http\/2 stream closed with error code (CANCEL|REFUSED_STREAM) /.test(error.rawMessage);
}

/**
 * How much earlier than ours a server's timer may fire, in milliseconds: both keep a call's
 * deadline, and the server's reset may come before we know that it has passed.
 */
const EARLIER_MS = 20;

/** Whether a signal aborts within a moment. */
function abortsSoon(signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve(signal.aborted);
    };
    const timer = setTimeout(done, EARLIER_MS);
    signal.addEventListener("abort", done);
  });
}

/**
 * Whether the response ended without its status. That is how a lost connection
 * looks when it ends between two messages, and also a server that breaks the
 * protocol.
 */
function endedEarly(error: unknown): boolean {
  return error instanceof ConnectError && /^protocol error: missing /.test(error.rawMessage);
}

function causes(error: unknown): Error[] {
  const chain: Error[] = [];
  for (let link = error; link instanceof Error && !chain.includes(link); link = link.cause) {
    chain.push(link);
  }
  return chain;
}
