import type { DescMethodUnary, DescService } from "@bufbuild/protobuf";
import { Code, ConnectError, type ContextValues, createContextValues } from "@connectrpc/connect";
import { peerKey } from "../peer.ts";
import type { CallContext } from "../registration.ts";
import type { UnaryRequest } from "./request.ts";

/** The reason of every signal whose call is over: an error made for each would be costly. */
const OVER = Object.assign(new Error("the call is over"), { name: "AbortError" });

/** What an interceptor may have put in place of the call's own. */
export interface CallOverrides {
  readonly header: Headers;
  readonly signal: AbortSignal;
  readonly contextValues: ContextValues;
}

/**
 * A unary call being answered: the context of its handler. Headers, signal and
 * timer are made when somebody asks for them, since most handlers never do.
 */
export class UnaryCall implements CallContext {
  readonly method: DescMethodUnary;
  readonly protocolName: string;
  readonly #request: UnaryRequest;
  readonly #deadline: number | undefined;
  #overrides: CallOverrides | undefined;
  #requestHeader: Headers | undefined;
  #responseHeader: Headers | undefined;
  #responseTrailer: Headers | undefined;
  #values: ContextValues | undefined;
  #controller: AbortController | undefined;
  #signal: AbortSignal | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopListening: (() => void) | undefined;
  #watched = false;
  #over = false;

  constructor(
    method: DescMethodUnary,
    protocolName: string,
    request: UnaryRequest,
    timeoutMs: number | undefined,
  ) {
    this.method = method;
    this.protocolName = protocolName;
    this.#request = request;
    this.#deadline = timeoutMs === undefined ? undefined : Date.now() + timeoutMs;
  }

  get service(): DescService {
    return this.method.parent;
  }

  get requestMethod(): string {
    return this.#request.httpMethod;
  }

  get url(): string {
    return this.#request.url;
  }

  get requestHeader(): Headers {
    return this.#overrides?.header ?? this.ownHeader;
  }

  /** The headers as they came, whatever interceptors put in their place. */
  get ownHeader(): Headers {
    return this.#requestHeader ??= this.#request.headers();
  }

  get responseHeader(): Headers {
    return this.#responseHeader ??= new Headers();
  }

  get responseTrailer(): Headers {
    return this.#responseTrailer ??= new Headers();
  }

  get values(): ContextValues {
    return this.#overrides?.contextValues ?? this.ownValues;
  }

  /** The values without those that interceptors put in their place. */
  get ownValues(): ContextValues {
    if (this.#values === undefined) {
      this.#values = createContextValues();
      const { peer } = this.#request;
      if (peer !== undefined) this.#values.set(peerKey, peer);
    }
    return this.#values;
  }

  get timeoutMs(): () => number | undefined {
    const deadline = this.#deadline;
    return () => deadline === undefined ? undefined : deadline - Date.now();
  }

  get signal(): AbortSignal {
    this.#watched = true;
    return this.#overrides?.signal ?? this.ownSignal;
  }

  /** The call's own signal, whatever interceptors put in its place. */
  get ownSignal(): AbortSignal {
    this.#watched = true;
    return this.#signal ??= this.#watch();
  }

  /** Whether anybody has asked for a signal. */
  get watched(): boolean {
    return this.#watched;
  }

  /** The response headers, where anybody has asked for them. */
  get givenHeader(): Headers | undefined {
    return this.#responseHeader;
  }

  /** The response trailers, where anybody has asked for them. */
  get givenTrailer(): Headers | undefined {
    return this.#responseTrailer;
  }

  /** Takes what an interceptor passed on in place of what it was given; reads it when asked. */
  override(overrides: CallOverrides): void {
    this.#overrides = overrides;
  }

  /** Takes the headers that an interceptor answered in place of those it was given. */
  answerWith(header: Headers, trailer: Headers): void {
    this.#responseHeader = header;
    this.#responseTrailer = trailer;
  }

  /** Ends the call: its signal aborts. */
  end(reason: unknown = OVER): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#timer);
    this.#stopListening?.();
    this.#controller?.abort(reason);
  }

  #watch(): AbortSignal {
    const controller = this.#controller = new AbortController();
    if (this.#over) {
      controller.abort(OVER);
      return controller.signal;
    }
    if (this.#deadline !== undefined) {
      const expire = () =>
        controller.abort(new ConnectError("the operation timed out", Code.DeadlineExceeded));
      const left = this.#deadline - Date.now();
      if (left <= 0) expire();
      // Longer timers than this fire at once.
      else if (left < 0x7fff_ffff) this.#timer = setTimeout(expire, left);
    }
    this.#stopListening = this.#request.onCancel((reason) => this.end(reason));
    return controller.signal;
  }
}
