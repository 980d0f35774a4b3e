import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import { Code, ConnectError } from "@connectrpc/connect";
import type { Peer } from "../peer.ts";
import type { ServerSession } from "./server_session.ts";
import type { UnaryRequest } from "../_unary/request.ts";

/** The head of a request on an HTTP/2 stream, and what befalls the stream. */
export class Http2Request implements UnaryRequest {
  readonly httpMethod: string;
  readonly #stream: ServerHttp2Stream;
  readonly #headers: IncomingHttpHeaders;
  readonly #session: ServerSession;
  #cancel: ((reason: unknown) => void) | undefined;
  #gone: ConnectError | undefined;

  constructor(
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    session: ServerSession,
  ) {
    this.#session = session;
    this.#stream = stream;
    this.#headers = headers;
    this.httpMethod = headers[":method"] ?? "";
  }

  get url(): string {
    const headers = this.#headers;
    return `${headers[":scheme"] ?? "http"}://${authorityOf(headers)}${headers[":path"]}`;
  }

  get peer(): Peer {
    return this.#session.peer;
  }

  header(name: string): string | null {
    const value = this.#headers[name];
    if (value === undefined) return null;
    return typeof value === "string" ? value : value.join(", ");
  }

  headers(): Headers {
    const all = new Headers();
    for (const name in this.#headers) {
      if (name.startsWith(":")) continue;
      const value = this.#headers[name]!;
      if (typeof value === "string") all.append(name, value);
      else for (const one of value) all.append(name, one);
    }
    return all;
  }

  onCancel(cancel: (reason: unknown) => void): () => void {
    this.#cancel = cancel;
    if (this.#gone !== undefined) cancel(this.#gone);
    return () => this.#cancel = undefined;
  }

  /** The stream has ended; a call that is still being answered is cancelled. */
  close(): void {
    if (this.#gone !== undefined) return;
    this.#gone = reasonOf(this.#stream.rstCode);
    this.#cancel?.(this.#gone);
  }
}

/** The authority that a request was sent to. */
export function authorityOf(headers: IncomingHttpHeaders): string | undefined {
  return headers[":authority"] ?? headers.host;
}

/** Every caller of a server writes one of a few authorities. */
const known = new Set<string>();
const MAX_KNOWN = 256;

/** Whether an authority can stand in a URL. */
export function isAuthority(authority: string | undefined): boolean {
  if (authority === undefined || authority === "") return false;
  if (known.has(authority)) return true;
  if (!URL.canParse(`http://${authority}/`) || /[\/?#\s]/.test(authority)) return false;
  if (known.size < MAX_KNOWN) known.add(authority);
  return true;
}

/** One for each code, made once: an error for each call that ends would be costly. */
const reasons = new Map<number, ConnectError>();

function reasonOf(rstCode = 0): ConnectError {
  let reason = reasons.get(rstCode);
  if (reason === undefined) {
    reason = new ConnectError(
      `the caller went away (HTTP/2 code ${rstCode})`,
      Code.Canceled,
    );
    reasons.set(rstCode, reason);
  }
  return reason;
}
