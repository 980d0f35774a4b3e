import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { Code, ConnectError } from "@connectrpc/connect";
import type { Peer } from "../peer.ts";
import type { UnaryRequest } from "../_unary/request.ts";
import { isAuthority } from "./http2_request.ts";
import { readPeer } from "./read_peer.ts";

/** The reason of every call whose caller is gone: an error made for each would be costly. */
const GONE = new ConnectError("the caller went away", Code.Canceled);

/** The head of a request over HTTP/1.1, and what befalls its connection. */
export class Http1Request implements UnaryRequest {
  readonly httpMethod: string;
  readonly #message: IncomingMessage;
  readonly #response: ServerResponse;
  #cancel: ((reason: unknown) => void) | undefined;
  #gone = false;
  #peer: Peer | undefined;

  constructor(message: IncomingMessage, response: ServerResponse) {
    this.#message = message;
    this.#response = response;
    this.httpMethod = message.method ?? "";
    response.once("close", () => {
      // Closes too when all is sent.
      if (response.writableFinished) return;
      this.#gone = true;
      this.#cancel?.(GONE);
    });
  }

  get url(): string {
    const { socket, headers, url = "" } = this.#message;
    const scheme = (socket as Socket & { encrypted?: boolean }).encrypted ? "https" : "http";
    // A proxy's form of request has the whole URL in it.
    return url.startsWith("/") ? `${scheme}://${headers.host}${url}` : url;
  }

  /** Whether the URL can be made of what the request says. */
  get readable(): boolean {
    const { headers, url = "" } = this.#message;
    return url.startsWith("/") ? isAuthority(headers.host) : URL.canParse(url);
  }

  get peer(): Peer {
    return this.#peer ??= readPeer(this.#message.socket);
  }

  header(name: string): string | null {
    const value = this.#message.headers[name];
    if (value === undefined) return null;
    return typeof value === "string" ? value : value.join(", ");
  }

  headers(): Headers {
    return toHeaders(this.#message.headers);
  }

  onCancel(cancel: (reason: unknown) => void): () => void {
    this.#cancel = cancel;
    if (this.#gone || this.#response.destroyed) cancel(GONE);
    return () => this.#cancel = undefined;
  }
}

function toHeaders(headers: IncomingHttpHeaders): Headers {
  const all = new Headers();
  for (const name in headers) {
    const value = headers[name]!;
    if (typeof value === "string") all.append(name, value);
    else for (const one of value) all.append(name, one);
  }
  return all;
}
