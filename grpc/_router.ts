import type { DescMethodServerStreaming, DescMethodUnary, DescService } from "@bufbuild/protobuf";
import {
  type ConnectRouter,
  type ConnectRouterOptions,
  createConnectRouter,
  type Interceptor,
  type ServiceImpl,
} from "@connectrpc/connect";
import type { Compression, UniversalHandler } from "@connectrpc/connect/protocol";
import { typesOf } from "./_descriptor_files.ts";
import { errorBoundary, printServerError } from "./_error_boundary.ts";
import { createServerStreamMethod, type ServerStreamMethod } from "./_server_stream/method.ts";
import { explained } from "./_unary/explained.ts";
import { createUnaryMethod, type UnaryMethod } from "./_unary/method.ts";
import type { ServiceRegistration } from "./registration.ts";
import type { ServerErrorHook } from "./server_options.ts";

/** What a set of services is routed with. */
export interface RouterOptions {
  readonly services: readonly ServiceRegistration[];
  readonly interceptors?: readonly Interceptor[];
  readonly onError?: ServerErrorHook;
  readonly maxMessageBytes?: number;
  readonly acceptCompression?: Compression[];
}

/** What answers the calls of one method. */
export interface Route {
  /** Connect's handler, for every kind of request. */
  readonly universal: UniversalHandler;
  /** Our own, where the method is unary. */
  readonly unary?: UnaryMethod;
  /** Our own, where the method is server-streaming. */
  readonly serverStream?: ServerStreamMethod;
}

/** What answers each path. */
export type Routes = ReadonlyMap<string, Route>;

/** The options of Connect's router for these services. */
export function routerOptions(options: RouterOptions): ConnectRouterOptions {
  return {
    interceptors: [
      errorBoundary(options.onError ?? printServerError),
      ...options.interceptors ?? [],
      // So that the interceptors between see codes, not what a handler happened to throw.
      errorBoundary(),
    ],
    readMaxBytes: options.maxMessageBytes,
    acceptCompression: options.acceptCompression,
    jsonOptions: { registry: typesOf(options.services.map(({ service }) => service)) },
  };
}

/**
 * Adds the services to Connect's router.
 *
 * @throws {TypeError} when a service is registered twice, or there is none.
 */
export function addServices(
  router: ConnectRouter,
  services: readonly ServiceRegistration[],
): ConnectRouter {
  if (services.length === 0) throw new TypeError("Cannot serve: no services are given");
  const seen = new Set<string>();
  for (const { service, handlers } of services) {
    if (seen.has(service.typeName)) {
      throw new TypeError(`Cannot serve ${service.typeName}: it is registered twice`);
    }
    seen.add(service.typeName);
    router.service(service, handlers as unknown as Partial<ServiceImpl<DescService>>);
  }
  return router;
}

/**
 * The routes of these services.
 *
 * @throws {TypeError} when a service is registered twice, or there is none.
 */
export function createRoutes(
  options: RouterOptions & { readonly maxMessageBytes: number },
): Routes {
  const connectOptions = routerOptions(options);
  const { handlers } = addServices(createConnectRouter(connectOptions), options.services);
  const implementations = new Map(
    options.services.map((registration) => [registration.service, registration.handlers]),
  );
  const shared = {
    interceptors: options.interceptors ?? [],
    hook: options.onError ?? printServerError,
    maxMessageBytes: options.maxMessageBytes,
    compressions: options.acceptCompression ?? [],
    jsonOptions: connectOptions.jsonOptions,
  };
  return new Map(handlers.map((handler): [string, Route] => {
    const { method, service, requestPath } = handler;
    const universal = explained(handler);
    const implementation = implementations.get(service)![method.localName]!;
    switch (method.methodKind) {
      case "unary": {
        const unary = createUnaryMethod(method as DescMethodUnary, implementation, shared);
        return [requestPath, { universal, unary }];
      }
      case "server_streaming": {
        const desc = method as DescMethodServerStreaming;
        const serverStream = createServerStreamMethod(desc, implementation as never, shared);
        return [requestPath, { universal, serverStream }];
      }
      default:
        return [requestPath, { universal }];
    }
  }));
}
