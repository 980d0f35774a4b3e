import type { DescMethod } from "@bufbuild/protobuf";
import { lazyProperty, SOURCE } from "./_lazy_property.ts";
import type { UnaryCall } from "./_unary/call.ts";

// Types are inferred, since Connect names its own by the kind of the method.

// What costs more to make than such a property does.
const signal = lazyProperty((call: UnaryCall) => call.ownSignal);
const header = lazyProperty((call: UnaryCall) => call.ownHeader);
const responseHeader = lazyProperty((call: UnaryCall) => call.responseHeader);
const responseTrailer = lazyProperty((call: UnaryCall) => call.responseTrailer);

/** A call as interceptors know it. */
export function requestOf<M extends DescMethod, T, S extends boolean>(
  call: UnaryCall,
  method: M,
  message: T,
  stream: S,
) {
  const request = {
    stream,
    message,
    method,
    service: method.parent,
    requestMethod: call.requestMethod,
    url: call.url,
    contextValues: call.ownValues,
    [SOURCE]: call,
  };
  Object.defineProperty(request, "signal", signal);
  Object.defineProperty(request, "header", header);
  return request as typeof request & { readonly signal: AbortSignal; readonly header: Headers };
}

/** Its answer as interceptors know it. */
export function responseOf<M extends DescMethod, T, S extends boolean>(
  call: UnaryCall,
  method: M,
  message: T,
  stream: S,
) {
  const response = { stream, message, method, service: method.parent, [SOURCE]: call };
  Object.defineProperty(response, "header", responseHeader);
  Object.defineProperty(response, "trailer", responseTrailer);
  return response as typeof response & { readonly header: Headers; readonly trailer: Headers };
}
