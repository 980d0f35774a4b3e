import { compressionBrotli, compressionGzip } from "@connectrpc/connect-node";
import type { ConnectError, Interceptor } from "@connectrpc/connect";
import {
  universalServerRequestFromFetch,
  universalServerResponseToFetch,
} from "@connectrpc/connect/protocol";
import { type CorsOptions, createCors } from "./cors.ts";
import { collectBody, FetchRequest } from "./_fetch/fetch_request.ts";
import { checkLimits } from "./_limits.ts";
import { createRoutes, type Route } from "./_router.ts";
import { receive } from "./_unary/handler.ts";
import type { UnaryAnswer } from "./_unary/request.ts";
import { answerNativeGrpc, answerUnknownPath, isNativeGrpc } from "./_unary/refusals.ts";
import type { ServiceRegistration } from "./registration.ts";
import type { ServerErrorHook } from "./server_options.ts";

/** Options of {@linkcode fetchHandler}. */
export interface FetchHandlerOptions {
  /**
   * Wrapped around each call, the first one outermost.
   *
   * @default {none}
   */
  readonly interceptors?: readonly Interceptor[];
  /**
   * The largest request message in bytes, after decompression.
   *
   * @default {4_194_304}
   */
  readonly maxMessageBytes?: number;
  /**
   * Which web pages may call the services.
   *
   * @default {none but those that the same origin serves}
   */
  readonly cors?: CorsOptions;
  /**
   * Is told of every error that is the server's own fault.
   *
   * @default {prints it with console.error}
   */
  readonly onError?: ServerErrorHook;
}

/** Answers a request, as `Deno.serve` and other fetch-style hosts take it. */
export type FetchHandler = (request: Request) => Promise<Response>;

/**
 * Answers Connect and gRPC-Web in `Deno.serve` or any other host that takes a
 * function from `Request` to `Response`. Native gRPC needs HTTP trailers, which such
 * hosts don't have: its callers are told so, and {@linkcode serve} answers them.
 *
 * @throws {TypeError} when there is no service, or one is registered twice.
 * @throws {RangeError} when an option can't be used.
 *
 * @example
 * ```ts
 * import { fetchHandler, runtimeService } from "@oprc/grpc";
 * import { assertEquals } from "@std/assert";
 *
 * const handler = fetchHandler([runtimeService({
 *   getRuntimeState: ({ instanceId }) => Promise.resolve({ runtimeState: { instanceId } }),
 *   updateRuntimeState: () => Promise.resolve({}),
 *   listActiveInstances: () => Promise.resolve({}),
 * })]);
 * // Deno.serve(handler) answers the same as:
 * const response = await handler(
 *   new Request("http://localhost/oaas.runtime.RuntimeService/GetRuntimeState", {
 *     method: "POST",
 *     headers: { "content-type": "application/json" },
 *     body: `{"instanceId":"i-1"}`,
 *   }),
 * );
 * assertEquals(await response.json(), { runtimeState: { instanceId: "i-1" } });
 * ```
 */
export function fetchHandler(
  services: readonly ServiceRegistration[],
  options: FetchHandlerOptions = {},
): FetchHandler {
  const routes = createRoutes({
    ...options,
    services,
    maxMessageBytes: checkLimits({ maxMessageBytes: options.maxMessageBytes }, "").maxMessageBytes,
    acceptCompression: [compressionGzip, compressionBrotli],
  });
  async function answer(request: Request): Promise<Response> {
    const path = pathOf(request.url);
    const route = routes.get(path);
    const contentType = request.headers.get("content-type") ?? "";
    if (isNativeGrpc(contentType)) return toResponse(answerNativeGrpc(contentType));
    if (route === undefined) return toResponse(answerUnknownPath(path, contentType));
    return await answerRoute(route, request);
  }
  const cors = createCors(options.cors);
  if (cors === undefined) return answer;
  return async (request) => {
    const { method, headers } = request;
    const preflight = cors.preflight(method, (name) => headers.get(name));
    if (preflight !== undefined) return toResponse(preflight);
    const response = await answer(request);
    const fields = cors.headers(headers.get("origin"));
    for (const name in fields) response.headers.set(name, fields[name] as string);
    return response;
  };
}

async function answerRoute({ unary, universal }: Route, request: Request): Promise<Response> {
  const reception = unary && receive(unary, new FetchRequest(request));
  if (reception === undefined) {
    const asked = universalServerRequestFromFetch(request, {});
    return universalServerResponseToFetch(await universal(asked));
  }
  const { collector, refused } = reception;
  let body: Uint8Array | ConnectError = refused ?? new Uint8Array(0);
  if (refused === undefined && collector !== undefined) {
    try {
      body = await collectBody(request, collector);
    } catch {
      // The caller went away before its body was here; nobody reads this.
      return new Response(null, { status: 499 });
    }
  }
  return toResponse(await reception.answer(body));
}

function toResponse({ status, header, body }: UnaryAnswer): Response {
  return new Response(body, { status, headers: headersOf(header) });
}

function headersOf(header: UnaryAnswer["header"]): HeadersInit {
  const fields: [string, string][] = [];
  for (const name in header) {
    const value = header[name]!;
    if (typeof value === "string") fields.push([name, value]);
    else for (const one of value) fields.push([name, one]);
  }
  return fields;
}

/** The path of a URL, without the cost of reading all of it. */
function pathOf(url: string): string {
  const start = url.indexOf("/", url.indexOf("//") + 2);
  if (start < 0) return "/";
  const end = url.indexOf("?", start);
  return end < 0 ? url.slice(start) : url.slice(start, end);
}
