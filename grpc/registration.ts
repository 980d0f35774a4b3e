import type {
  DescMessage,
  DescMethod,
  DescMethodBiDiStreaming,
  DescMethodClientStreaming,
  DescMethodServerStreaming,
  DescMethodUnary,
  DescService,
  MessageInitShape,
  MessageShape,
} from "@bufbuild/protobuf";
import type { ContextValues } from "@connectrpc/connect";

/** What a handler knows of the call it answers. */
export interface CallContext {
  /** The method that is called. */
  readonly method: DescMethod;
  /** The service that the method belongs to. */
  readonly service: DescService;
  /** `grpc`, `grpc-web` or `connect`. */
  readonly protocolName: string;
  /** The URL as the server received it. */
  readonly url: string;
  /** Aborts when the caller goes away, at the deadline, and when the call is over. */
  readonly signal: AbortSignal;
  /** Milliseconds left until the caller's deadline, or undefined where it set none. */
  readonly timeoutMs: () => number | undefined;
  /** The headers of the request. */
  readonly requestHeader: Headers;
  /** Headers to send with the response. */
  readonly responseHeader: Headers;
  /** Trailers to send after the response. */
  readonly responseTrailer: Headers;
  /** What interceptors left for the handler. */
  readonly values: ContextValues;
}

/** What a handler answers: the response, or the fields of it that are not empty; at once or later. */
export type Answer<O extends DescMessage> = MessageInitShape<O> | Promise<MessageInitShape<O>>;

/** A handler of a unary call. */
export type UnaryHandler<I extends DescMessage, O extends DescMessage> = (
  request: MessageShape<I>,
  context: CallContext,
) => Answer<O>;

/** A handler of one call of any kind. */
export type MethodHandler<M extends DescMethod> = M extends DescMethodUnary<infer I, infer O>
  ? UnaryHandler<I, O>
  : M extends DescMethodServerStreaming<infer I, infer O>
    ? (request: MessageShape<I>, context: CallContext) => AsyncIterable<MessageInitShape<O>>
  : M extends DescMethodClientStreaming<infer I, infer O> ? (
      requests: AsyncIterable<MessageShape<I>>,
      context: CallContext,
    ) => Answer<O>
  : M extends DescMethodBiDiStreaming<infer I, infer O> ? (
      requests: AsyncIterable<MessageShape<I>>,
      context: CallContext,
    ) => AsyncIterable<MessageInitShape<O>>
  : never;

/** One handler for each call of a service. */
export type ServiceHandler<S extends DescService> = {
  readonly [P in keyof S["method"]]: MethodHandler<S["method"][P]>;
};

/** A service with the handler that answers it; goes into {@linkcode serve} or {@linkcode inProcess}. */
export interface ServiceRegistration {
  /** The service. */
  readonly service: DescService;
  /** Its handlers by the local name of the method, such as `createPackage`. */
  readonly handlers: Readonly<Record<string, (request: never, context: CallContext) => unknown>>;
}

/**
 * Registers a handler of any protobuf-es service.
 *
 * @throws {TypeError} when the handler lacks one of the service's methods.
 *
 * @example
 * ```ts
 * import { registerService } from "@oprc/grpc";
 * import { HealthCheckResponse_ServingStatus, HealthService } from "@oprc/proto/health";
 * import { assertEquals } from "@std/assert";
 *
 * const status = HealthCheckResponse_ServingStatus.SERVING;
 * const registration = registerService(HealthService, {
 *   check: () => Promise.resolve({ status }),
 *   async *watch() {
 *     yield { status };
 *   },
 * });
 * assertEquals(registration.service.typeName, "oaas.health.HealthService");
 * ```
 */
export function registerService<S extends DescService>(
  service: S,
  handler: ServiceHandler<S>,
): ServiceRegistration {
  const handlers: Record<string, (request: never, context: CallContext) => unknown> = {};
  const given = handler as unknown as Record<string, unknown>;
  for (const { localName } of service.methods) {
    const method = given[localName];
    if (typeof method !== "function") {
      throw new TypeError(
        `Cannot register ${service.typeName}: the handler has no method "${localName}"`,
      );
    }
    // Bound: a handler is often an instance of a class.
    handlers[localName] = method.bind(handler);
  }
  return { service, handlers };
}
