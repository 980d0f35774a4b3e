import type { DescService } from "@bufbuild/protobuf";
import type {
  ConnectRouter,
  ConnectRouterOptions,
  Interceptor,
  ServiceImpl,
} from "@connectrpc/connect";
import type { Compression } from "@connectrpc/connect/protocol";
import { errorBoundary, printServerError } from "./_error_boundary.ts";
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
