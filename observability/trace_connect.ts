import {
  type Context,
  context,
  propagation,
  type ProxyTracerProvider,
  type Span,
  SpanKind,
  SpanStatusCode,
  type TextMapGetter,
  type TextMapSetter,
  trace,
  type Tracer,
  type TracerProvider,
} from "@opentelemetry/api";
import type { Outcome } from "./_observation.ts";
import { failure, observeStream, OK } from "./_observe_stream.ts";
import { type CallForms, isCallTracer, PreparedSpan, SpanForm } from "./_prepared_span.ts";
import { settle } from "./_settle.ts";
import { SpanScope } from "./_span_scope.ts";
import type { ObservedRequest, ObservedResponse } from "./observe_connect.ts";

/** What the interceptor looks at in Connect's request. */
export interface TracedRequest extends ObservedRequest {
  /** Carries the trace from one service to the next. */
  readonly header: Headers;
  /** `false` where a single message is asked for and answered. */
  readonly stream?: boolean;
}

/** An `Interceptor` of @connectrpc/connect, written out as `ConnectInterceptor` is. */
export type TraceInterceptor = <Req extends TracedRequest, Res extends ObservedResponse>(
  next: (request: Req) => Promise<Res>,
) => (request: Req) => Promise<Res>;

/** Which end of a call an interceptor stands at. */
export type CallSide = "client" | "server";

const TRACER = "@oprc/observability";
const STATUS = "rpc.response.status_code";

/** Reads trace context from headers. */
export const headersGetter: TextMapGetter<Headers> = {
  keys: (headers) => [...headers.keys()],
  get: (headers, key) => headers.get(key) ?? undefined,
};

/** Writes trace context into headers. */
export const headersSetter: TextMapSetter<Headers> = {
  set: (headers, key, value) => headers.set(key, value),
};

/** What a server answers for by its own fault; the others are the caller's affair. */
const SERVER_FAULTS: ReadonlySet<string> = new Set([
  "unknown",
  "deadline_exceeded",
  "unimplemented",
  "internal",
  "unavailable",
  "data_loss",
]);

/**
 * An interceptor that records a span for each call, for a Connect server or client:
 * a server goes on with the trace that the call's headers name, a client puts it
 * there (W3C `traceparent`, and `baggage`). What the handler does belongs to the span,
 * each message of a stream too; the span of a stream ends once, with its last
 * message, or when it is given up. Without tracing set up it costs next to nothing.
 *
 * Put it before `observeConnect`, so that the lines that one logs have the span's id.
 *
 * @example
 * ```ts
 * import { createRouterTransport } from "@connectrpc/connect";
 * import { observeConnect, ServiceMetrics, traceConnect } from "@oprc/observability";
 *
 * const metrics = new ServiceMetrics("package-manager");
 * const interceptors = [traceConnect("server"), observeConnect(metrics)];
 * const transport = createRouterTransport(() => {}, { router: { interceptors } });
 * console.log(typeof transport.unary);
 * ```
 */
export function traceConnect(side: CallSide): TraceInterceptor {
  const kind = side === "server" ? SpanKind.SERVER : SpanKind.CLIENT;
  const formsOf = spanForms(kind);
  return (next) => (request) => {
    const active = context.active();
    const parent = side === "server"
      ? propagation.extract(active, request.header, headersGetter)
      : active;
    const span = startCall(tracer(), formsOf(request.method), request.header, parent);
    const own = new SpanScope(parent, span);
    if (side === "client") propagation.inject(own, request.header, headersSetter);
    // Ending such a span does nothing, and a single answer has no steps to keep in its context.
    if (request.stream === false && !span.isRecording()) {
      return context.with(own, next, undefined, request);
    }
    const observed = new CallSpan(span, side, own);
    return settle(
      (request) => context.with(own, next, undefined, request),
      request,
      (response) => {
        if (!response.stream) {
          observed.end(OK);
          return response;
        }
        const messages = response.message as AsyncIterable<unknown>;
        return { ...response, message: observeStream(messages, observed, request.signal) };
      },
      (error) => {
        observed.end(failure(error));
        throw error;
      },
    );
  };
}

/** What the spans of a method have in common, by its protocol. */
class Forms implements CallForms {
  readonly #grpc: SpanForm;
  readonly #connect: SpanForm;

  constructor(kind: SpanKind, name: string) {
    const of = (system: string) => {
      const attributes = { "rpc.system.name": system, "rpc.method": name };
      return new SpanForm(name, kind, attributes, { [STATUS]: "OK" });
    };
    this.#grpc = of("grpc");
    this.#connect = of("connectrpc");
  }

  of(header: Headers): SpanForm {
    const grpc = header.get("content-type")?.startsWith("application/grpc") ?? false;
    return grpc ? this.#grpc : this.#connect;
  }
}

type Method = ObservedRequest["method"];

function spanForms(kind: SpanKind): (method: Method) => Forms {
  const known = new WeakMap<Method, Forms>();
  return (method) => {
    let forms = known.get(method);
    if (forms === undefined) {
      known.set(method, forms = new Forms(kind, `${method.parent.typeName}/${method.name}`));
    }
    return forms;
  };
}

/** Starts the span of a call; a tracer of ours looks at the headers only if it records it. */
function startCall(tracer: Tracer, forms: Forms, header: Headers, parent: Context): Span {
  if (isCallTracer(tracer)) return tracer.startCall(forms, header, parent);
  const form = forms.of(header);
  return tracer.startSpan(form.name, form, parent);
}

let provider: TracerProvider | undefined;
let known: Tracer | undefined;

/** The tracer of the provider in force, which costs a search to get. */
function tracer(): Tracer {
  const proxy = trace.getTracerProvider();
  const now = (proxy as Partial<ProxyTracerProvider>).getDelegate?.() ?? proxy;
  if (known === undefined || now !== provider) {
    provider = now;
    known = now.getTracer(TRACER);
  }
  return known;
}

/** The span of one call. */
class CallSpan {
  readonly #span: Span;
  readonly #side: CallSide;
  readonly #context: ReturnType<typeof context.active>;
  #ended = false;

  constructor(span: Span, side: CallSide, own: ReturnType<typeof context.active>) {
    this.#span = span;
    this.#side = side;
    this.#context = own;
  }

  step<T>(call: () => T): T {
    return context.with(this.#context, call);
  }

  end({ code, failed, error }: Outcome): void {
    if (this.#ended) return;
    this.#ended = true;
    const span = this.#span;
    if (!failed && span instanceof PreparedSpan) return span.endWell();
    if (span.isRecording()) {
      const status = code.toUpperCase();
      span.setAttribute(STATUS, status);
      if (failed && (this.#side === "client" || SERVER_FAULTS.has(code))) {
        span.setAttribute("error.type", status);
        const message = error instanceof Error ? error.message : undefined;
        span.setStatus({ code: SpanStatusCode.ERROR, message });
        if (error instanceof Error) span.recordException(error);
      }
    }
    span.end();
  }
}
