import type { DescMethod } from "@bufbuild/protobuf";
import type { UnaryCall } from "./_unary/call.ts";

// Accessors of the objects themselves, not of a class, so that a spread copies their values;
// inferred, since Connect names its types by the kind of the method.

/** A call as interceptors know it. */
export function requestOf<M extends DescMethod, T, S extends boolean>(
  call: UnaryCall,
  method: M,
  message: T,
  stream: S,
) {
  return {
    stream,
    message,
    method,
    service: method.parent,
    requestMethod: call.requestMethod,
    get url() {
      return call.url;
    },
    get signal() {
      return call.ownSignal;
    },
    get header() {
      return call.ownHeader;
    },
    get contextValues() {
      return call.ownValues;
    },
  };
}

/** Its answer as interceptors know it. */
export function responseOf<M extends DescMethod, T, S extends boolean>(
  call: UnaryCall,
  method: M,
  message: T,
  stream: S,
) {
  return {
    stream,
    message,
    method,
    service: method.parent,
    get header() {
      return call.responseHeader;
    },
    get trailer() {
      return call.responseTrailer;
    },
  };
}
