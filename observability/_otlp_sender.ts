import type { Clock } from "./clock.ts";

/** Where telemetry of one kind goes. */
export interface OtlpTarget {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly gzip: boolean;
  /** How long one attempt may take. */
  readonly timeoutMs: number;
  /** How many records an answer says were refused; may throw. */
  readonly rejectedIn: (answer: Uint8Array) => number;
}

/** What became of a request. */
export interface Delivery {
  readonly sent: boolean;
  /** How many records the collector has refused of a request it took. */
  readonly rejected: number;
  /** Why, if it wasn't sent. */
  readonly why?: string;
}

/** What the protocol lets a sender try again. */
const RETRYABLE = new Set([429, 502, 503, 504]);
const FIRST_WAIT_MS = 500;
const MAX_WAIT_MS = 5_000;
/** An answer says a few words; a longer one isn't read to its end. */
const MAX_ANSWER_BYTES = 65_536;

interface Attempt extends Delivery {
  /** Whether trying again may help, and after how long at least. */
  readonly again?: { readonly afterMs?: number };
}

/**
 * Sends one request over HTTP, and again after a failure that may pass, until
 * `giveUpMs` are over or `signal` aborts. Never rejects.
 */
export async function sendOtlp(
  target: OtlpTarget,
  body: Uint8Array<ArrayBuffer>,
  { clock, giveUpMs, signal }: { clock: Clock; giveUpMs: number; signal: AbortSignal },
): Promise<Delivery> {
  const end = clock.now() + giveUpMs;
  const packed = target.gzip ? await gzip(body) : body;
  for (let waitMs = FIRST_WAIT_MS;; waitMs = Math.min(waitMs * 2, MAX_WAIT_MS)) {
    const attempt = await post(target, packed, signal);
    if (attempt.sent || attempt.again === undefined || signal.aborted) return attempt;
    // Half of the wait is chance, so that a fleet doesn't come back as one.
    const ownMs = waitMs * (0.5 + Math.random() / 2);
    const afterMs = Math.max(ownMs, attempt.again.afterMs ?? 0);
    if (clock.now() + afterMs >= end) return attempt;
    if (!await wait(clock, afterMs, signal)) return attempt;
  }
}

async function post(
  { url, headers, gzip, timeoutMs, rejectedIn }: OtlpTarget,
  body: Uint8Array<ArrayBuffer>,
  signal: AbortSignal,
): Promise<Attempt> {
  const limit = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { ...headers, "content-type": "application/x-protobuf", ...encoding(gzip) },
      body,
      signal: AbortSignal.any([signal, limit]),
    });
    const answer = await readAll(response);
    if (response.ok) return { sent: true, rejected: countOf(rejectedIn, answer) };
    const why = `the collector answered ${response.status}`;
    if (!RETRYABLE.has(response.status)) return { sent: false, rejected: 0, why };
    const afterMs = retryAfterMs(response.headers.get("retry-after"));
    return { sent: false, rejected: 0, why, again: { afterMs } };
  } catch (error) {
    const why = limit.aborted ? `no answer within ${timeoutMs} ms` : reasonOf(error);
    return { sent: false, rejected: 0, why, again: {} };
  }
}

function encoding(gzip: boolean): Record<string, string> {
  return gzip ? { "content-encoding": "gzip" } : {};
}

/** fetch hides what went wrong in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

/** Seconds or a date, as HTTP has it. */
export function retryAfterMs(value: string | null, now = Date.now()): number | undefined {
  if (value === null) return undefined;
  if (/^\d+$/.test(value)) return Number(value) * 1_000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

async function readAll(response: Response): Promise<Uint8Array> {
  if (response.body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    length += value.length;
    if (length > MAX_ANSWER_BYTES) {
      await reader.cancel();
      return new Uint8Array();
    }
  }
  const all = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

/** The request was taken, whatever the answer looks like. */
function countOf(rejectedIn: OtlpTarget["rejectedIn"], answer: Uint8Array): number {
  try {
    return Number(rejectedIn(answer));
  } catch {
    return 0;
  }
}

async function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const packed = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

/** Whether the time went by without `signal` aborting. */
function wait(clock: Clock, ms: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const onAbort = (): void => {
      cancel();
      resolve(false);
    };
    const cancel = clock.setTimer(() => {
      signal.removeEventListener("abort", onAbort);
      resolve(true);
    }, ms);
    signal.addEventListener("abort", onAbort, { once: true });
  });
}
