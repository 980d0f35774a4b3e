import type { ClientHttp2Stream, IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http2";
import { Code, ConnectError } from "@connectrpc/connect";
import { connectionFailure } from "../_connection_errors.ts";
import type { Session } from "./session.ts";
import { hasStatus, type RawResponse } from "./grpc_response.ts";
import { tooLarge } from "../_unary/envelope.ts";
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
 * Sends one request and collects its response, on a stream of the session.
 *
 * @throws {ConnectError} when the call ended without a response: by its limit, or
 * because the connection failed; it is marked as unsent where that is sure.
 */
export async function exchange(
  session: Session,
  path: string,
  headers: OutgoingHttpHeaders,
  body: Uint8Array,
  limit: CallLimit,
): Promise<RawResponse> {
  const guard = createGuard(limit);
  try {
    const opening = session.open(path, headers).catch((error) => {
      throw openFailure(session, error);
    });
    const stream = await Promise.race([opening, guard.failed]).catch((error) => {
      // A stream that comes after its call has ended has nobody.
      opening.then((late) => late.close(CANCEL), () => {});
      throw error;
    });
    return await converse(session, stream, body, guard, limit.readMaxBytes);
  } finally {
    guard.stop();
  }
}

/** No stream was opened: whatever the reason, the server knows nothing of the call. */
function openFailure(session: Session, error: unknown): unknown {
  if (session.closed) return closedError();
  const failure = connectionFailure(session.origin, error);
  if (failure === undefined || isUnsent(failure)) return failure ?? error;
  // A connection that ended between two calls, not one that can't be made.
  return markUnsent(new ConnectError(failure.rawMessage, failure.code));
}

function closedError(): ConnectError {
  return new ConnectError("the client is closed", Code.Canceled);
}

interface Guard {
  /** Rejects when the call is to end. */
  readonly failed: Promise<never>;
  stop(): void;
}

function createGuard({ signal, deadline }: CallLimit): Guard {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stop = () => clearTimeout(timer);
  const failed = new Promise<never>((_, reject) => {
    const expire = () => reject(new ConnectError("the operation timed out", Code.DeadlineExceeded));
    const left = deadline === undefined ? Infinity : deadline - Date.now();
    if (left <= 0) expire();
    else if (left < 0x7fff_ffff) timer = setTimeout(expire, left);
    if (signal === undefined) return;
    const abort = () => reject(reasonOf(signal));
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort);
    const inner = stop;
    stop = () => {
      inner();
      signal.removeEventListener("abort", abort);
    };
  });
  // Whoever doesn't wait for it any more doesn't hear of it.
  failed.catch(() => {});
  return { failed, stop: () => stop() };
}

function reasonOf({ reason }: AbortSignal): ConnectError {
  // Connect's own way, so that a caller's signal ends its calls alike everywhere.
  return reason instanceof ConnectError ? reason : ConnectError.from(reason, Code.Canceled);
}

function converse(
  session: Session,
  stream: ClientHttp2Stream,
  body: Uint8Array,
  guard: Guard,
  readMaxBytes: number,
): Promise<RawResponse> {
  return new Promise((resolve, reject) => {
    let header: IncomingHttpHeaders | undefined;
    let trailer: IncomingHttpHeaders | undefined;
    const chunks: Uint8Array[] = [];
    let settled = false;
    let received = 0;
    const lostBefore = session.watch.lostCount();

    function finish(): boolean {
      if (settled) return true;
      if (header === undefined || !hasStatus({ header, trailer })) return false;
      settled = true;
      resolve({ header, trailer, body: join(chunks) });
      return true;
    }
    function take(chunk: Uint8Array): void {
      if (settled) return;
      received += chunk.length;
      if (received > readMaxBytes + HEAD_BYTES) return give(tooLarge(readMaxBytes));
      chunks.push(chunk);
      session.manager.notifyResponseByteRead(stream);
    }
    stream.on("response", (given: IncomingHttpHeaders) => header = given);
    stream.on("trailers", (given: IncomingHttpHeaders) => trailer = given);
    stream.on("data", take);
    stream.on("end", finish);
    // Its close follows, and tells more.
    stream.on("error", () => {});
    stream.on("close", () => {
      // Deno may close a stream before all of it has been read.
      for (let chunk = stream.read(); chunk !== null; chunk = stream.read()) take(chunk);
      if (finish()) return;
      settled = true;
      nameFailure(session, stream, header !== undefined, lostBefore).then(reject);
    });
    /** Ends the call from this side. */
    function give(error: ConnectError): void {
      if (settled) return;
      settled = true;
      stream.close(CANCEL);
      reject(error);
    }
    guard.failed.catch((error: ConnectError) => {
      if (settled) return;
      give(error);
      // Nothing came in all that time: the connection may be dead without a word.
      if (header === undefined && error.code === Code.DeadlineExceeded) session.suspect(stream);
    });
    stream.end(body);
  });
}

async function nameFailure(
  session: Session,
  stream: ClientHttp2Stream,
  responded: boolean,
  lostBefore: number,
): Promise<ConnectError> {
  if (session.closed) return closedError();
  const code = stream.rstCode ?? 0;
  const unavailable = (why: string) =>
    new ConnectError(`Cannot reach ${session.origin}: ${why}`, Code.Unavailable);
  if (!responded && (code === REFUSED_STREAM || session.wasTooLate(stream))) {
    return markUnsent(unavailable("the server took no more calls on the connection"));
  }
  if (code === ENHANCE_YOUR_CALM) {
    return new ConnectError("the server found this client too busy", Code.ResourceExhausted);
  }
  if (code === 0 || code === CANCEL || session.isEnding(stream)) {
    return unavailable("the connection was lost during the call");
  }
  if (await session.watch.lostSince(lostBefore)) {
    return unavailable("the connection was lost during the call");
  }
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
