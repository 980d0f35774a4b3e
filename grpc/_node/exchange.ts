import type { ClientHttp2Stream, IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http2";
import { Code, ConnectError } from "@connectrpc/connect";
import { connectionFailure } from "../_connection_errors.ts";
import type { Session } from "./session.ts";
import { hasStatus, type RawResponse } from "./grpc_response.ts";
import { tooLarge } from "../_unary/envelope.ts";
import { createPace } from "./pace.ts";
import { isUnsent, markUnsent } from "../_client/unsent.ts";

/** What ends a call before its response. */
export interface CallLimit {
  readonly signal: AbortSignal | undefined;
  /** When, by `Date.now()`, the call is too late; undefined for never. */
  readonly deadline: number | undefined;
  /** The largest message to take. */
  readonly readMaxBytes: number;
}

/** The head of an enveloped message. */
const HEAD_BYTES = 5;

const CANCEL = 8;
const REFUSED_STREAM = 7;
const ENHANCE_YOUR_CALM = 11;

/**
 * For all calls of a process, since one event loop has them all. Of 8 to 32, 8 took the least
 * time with 50 calls under way, on Deno and on Node.
 */
const pace = createPace(8);

/**
 * Sends one request and collects its response, on a stream of the session.
 *
 * It rejects with a `ConnectError` when the call ended without a response: by its limit, or
 * because the connection failed; the error is marked as unsent where that is sure.
 */
export function exchange(
  session: Session,
  path: string,
  headers: OutgoingHttpHeaders,
  body: Uint8Array,
  limit: CallLimit,
): Promise<RawResponse> {
  // One promise and plain callbacks: this is most of what a small call costs.
  return new Promise((resolve, reject) => {
    const { signal, deadline, readMaxBytes } = limit;
    let header: IncomingHttpHeaders | undefined;
    let trailer: IncomingHttpHeaders | undefined;
    const chunks: Uint8Array[] = [];
    let received = 0;
    let lostBefore = 0;
    let stream: ClientHttp2Stream | undefined;
    let settled = false;
    let ended = false;
    let cancelDeadline: (() => void) | undefined;

    function settle(): void {
      settled = true;
      cancelDeadline?.();
      signal?.removeEventListener("abort", abort);
    }
    /** Ends the call from this side. */
    function give(error: ConnectError): void {
      if (settled) return;
      settle();
      stream?.close(CANCEL);
      reject(error);
    }
    function abort(): void {
      give(reasonOf(signal!));
    }
    function expire(): void {
      give(timedOut());
      // Nothing came in all that time: the connection may be dead without a word.
      if (stream !== undefined && header === undefined) session.suspect(stream);
    }
    function finish(): boolean {
      if (settled) return true;
      if (header === undefined || !hasStatus({ header, trailer })) return false;
      settle();
      const response = { header, trailer, body: join(chunks) };
      pace(() => resolve(response));
      return true;
    }
    function take(chunk: Uint8Array): void {
      if (settled) return;
      received += chunk.length;
      if (received > readMaxBytes + HEAD_BYTES) return give(tooLarge(readMaxBytes));
      chunks.push(chunk);
      session.manager.notifyResponseByteRead(stream!);
    }
    function closed(): void {
      // Deno may close a stream before all of it has been read.
      for (let chunk = stream!.read(); chunk !== null; chunk = stream!.read()) take(chunk);
      if (finish()) return;
      // The server keeps the deadline too, and its reset may come before our own timer.
      if (deadline !== undefined && Date.now() >= deadline) return give(timedOut());
      settle();
      nameFailure(session, stream!, header !== undefined, ended, lostBefore).then(
        // What the server said to its end, without a status, is for the reader to judge.
        (failure) =>
          failure ? reject(failure) : resolve({ header: header!, trailer, body: join(chunks) }),
      );
    }
    function converse(opened: ClientHttp2Stream): void {
      // A stream that comes after its call has ended has nobody.
      if (settled) return opened.close(CANCEL);
      stream = opened;
      lostBefore = session.watch.lostCount();
      stream.on("response", (given: IncomingHttpHeaders) => header = given);
      stream.on("trailers", (given: IncomingHttpHeaders) => trailer = given);
      stream.on("data", take);
      stream.on("end", () => {
        ended = true;
        finish();
      });
      // Its close follows, and tells more.
      stream.on("error", () => {});
      stream.on("close", closed);
      stream.end(body);
    }

    if (signal?.aborted) return abort();
    signal?.addEventListener("abort", abort);
    if (deadline !== undefined) cancelDeadline = session.deadlines.add(deadline, expire);
    session.open(path, headers).then(converse, (error) => {
      if (settled) return;
      settle();
      reject(openFailure(session, error));
    });
  });
}

/** No stream was opened: whatever the reason, the server knows nothing of the call. */
function openFailure(session: Session, error: unknown): unknown {
  if (session.closed) return closedError();
  const failure = connectionFailure(session.origin, error);
  if (failure === undefined || isUnsent(failure)) return failure ?? error;
  // A connection that ended between two calls, not one that can't be made.
  return markUnsent(new ConnectError(failure.rawMessage, failure.code));
}

function timedOut(): ConnectError {
  return new ConnectError("the operation timed out", Code.DeadlineExceeded);
}

function closedError(): ConnectError {
  return new ConnectError("the client is closed", Code.Canceled);
}

function reasonOf({ reason }: AbortSignal): ConnectError {
  // Connect's own way, so that a caller's signal ends its calls alike everywhere.
  return reason instanceof ConnectError ? reason : ConnectError.from(reason, Code.Canceled);
}

/** Why there is no status; undefined when the server ended its answer orderly without one. */
async function nameFailure(
  session: Session,
  stream: ClientHttp2Stream,
  responded: boolean,
  ended: boolean,
  lostBefore: number,
): Promise<ConnectError | undefined> {
  if (session.closed) return closedError();
  const code = stream.rstCode ?? 0;
  const unavailable = (why: string) =>
    new ConnectError(`Cannot reach ${session.origin}: ${why}`, Code.Unavailable);
  const lost = () => unavailable("the connection was lost during the call");
  if (!responded && (code === REFUSED_STREAM || session.wasTooLate(stream))) {
    return markUnsent(unavailable("the server took no more calls on the connection"));
  }
  if (code === ENHANCE_YOUR_CALM) {
    return new ConnectError("the server found this client too busy", Code.ResourceExhausted);
  }
  if (session.isEnding(stream) || await session.watch.lostSince(lostBefore)) return lost();
  if (code === 0 && responded && ended) return undefined;
  if (code === 0 || code === CANCEL) return lost();
  return new ConnectError(`the server reset the call with HTTP/2 code ${code}`, Code.Internal);
}

function join(chunks: readonly Uint8Array[]): Uint8Array {
  if (chunks.length === 1) return chunks[0]!;
  const joined = new Uint8Array(chunks.reduce((bytes, chunk) => bytes + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    joined.set(chunk, at);
    at += chunk.length;
  }
  return joined;
}
