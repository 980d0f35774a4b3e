import {
  context,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import type { FetchHandler, ObserveFetchOptions } from "./observe_fetch.ts";
import { headersGetter, headersSetter } from "./trace_connect.ts";

const TRACER = "@oprc/observability";
const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** The signature of `fetch`. */
export type Fetch = (input: Request | URL | string, init?: RequestInit) => Promise<Response>;

/** Settings of {@linkcode traceFetch}. */
export interface TraceFetchOptions {
  /**
   * What sends the requests.
   * @default the global `fetch`
   */
  readonly fetch?: Fetch;
}

/**
 * A `fetch` that records a span for each request and passes the trace on in its
 * headers. The span ends when the response's headers are there. The address in the
 * span is without user, password and query, which may hold secrets.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { traceFetch } from "@oprc/observability";
 *
 * const fetch = traceFetch({ fetch: () => Promise.resolve(new Response("hello")) });
 * assertEquals(await (await fetch("http://localhost/hello")).text(), "hello");
 * ```
 */
export function traceFetch(options: TraceFetchOptions = {}): Fetch {
  const send = options.fetch ?? ((input, init) => fetch(input, init));
  return (input, init) => {
    const request = new Request(input, init);
    const url = new URL(request.url);
    const method = methodOf(request);
    const span = trace.getTracer(TRACER).startSpan(method, {
      kind: SpanKind.CLIENT,
      attributes: {
        "http.request.method": method,
        "url.full": `${url.origin}${url.pathname}`,
        "server.address": url.hostname,
        "server.port": Number(url.port || (url.protocol === "https:" ? 443 : 80)),
      },
    });
    const own = trace.setSpan(context.active(), span);
    propagation.inject(own, request.headers, headersSetter);
    return context.with(own, () => ended(span, 400, () => send(request)));
  };
}

/**
 * Wraps `handler` so that each request has a span, which goes on with the trace that
 * the request's headers name and is active while the handler runs. It ends when the
 * handler has answered; a body may still be on its way. An answer from 500 on
 * counts as an error.
 *
 * @param options `route` as in {@linkcode observeFetch}: declared, never the path
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { traceHandler } from "@oprc/observability";
 *
 * const handler = traceHandler(() => new Response("hello"), { route: "/hello" });
 * const response = await handler(new Request("http://localhost/hello"));
 * assertEquals(await response.text(), "hello");
 * ```
 */
export function traceHandler<Rest extends unknown[] = []>(
  handler: FetchHandler<Rest>,
  options: Pick<ObserveFetchOptions, "route">,
): (request: Request, ...rest: Rest) => Promise<Response> {
  const { route } = options;
  return (request, ...rest) => {
    const declared = typeof route === "string" ? route : route(request);
    const method = methodOf(request);
    const parent = propagation.extract(context.active(), request.headers, headersGetter);
    const name = declared === undefined ? method : `${method} ${declared}`;
    const span = trace.getTracer(TRACER).startSpan(name, {
      kind: SpanKind.SERVER,
      attributes: { "http.request.method": method, "http.route": declared },
    }, parent);
    const call = async () => await handler(request, ...rest);
    return context.with(trace.setSpan(parent, span), () => ended(span, 500, call));
  };
}

/** What a client may send is without end; OpenTelemetry's name for the rest is `_OTHER`. */
function methodOf({ method }: Request): string {
  return METHODS.has(method) ? method : "_OTHER";
}

/** Ends the span with what `call` comes to. */
async function ended(
  span: Span,
  errorsFrom: number,
  call: () => Promise<Response>,
): Promise<Response> {
  try {
    const response = await call();
    span.setAttribute("http.response.status_code", response.status);
    if (response.status >= errorsFrom) {
      span.setAttribute("error.type", String(response.status));
      span.setStatus({ code: SpanStatusCode.ERROR });
    }
    return response;
  } catch (error) {
    const known = error instanceof Error ? error : new Error(String(error));
    span.setAttribute("error.type", known.name);
    span.setStatus({ code: SpanStatusCode.ERROR, message: known.message });
    span.recordException(known);
    throw error;
  } finally {
    span.end();
  }
}
