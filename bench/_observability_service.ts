/** The service that is observed, and the call that is measured. */
import { AsyncLocalStorage } from "node:async_hooks";
import { create } from "@bufbuild/protobuf";
import {
  Code,
  ConnectError,
  type ConnectRouter,
  createConnectRouter,
  type Interceptor,
} from "@connectrpc/connect";
import { createFetchHandler } from "@connectrpc/connect/protocol";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import {
  getLogger,
  observeConnect,
  ServiceMetrics,
  setupLogging,
  setupTracing,
  traceConnect,
} from "@oprc/observability";
import { type OPackage, OPackageSchema, PackageService } from "@oprc/proto/package";

/** A package as a store holds it: that of `examples/packages/image_pipeline.yaml`, in short. */
const IMAGES: OPackage = create(OPackageSchema, {
  name: "images",
  version: "2.0.1",
  metadata: { author: "media-team", tags: ["media", "vision"] },
  classes: [{
    key: "image",
    name: "Image",
    package: "images",
    functions: [{ functionKey: "resize", parameters: ["width", "height"] }],
  }],
  functions: [{
    key: "resize",
    name: "Resize",
    package: "images",
    runtime: "container",
    handler: "media/images-resize:2.0",
    metadata: { description: "Scales to the given size in pixels", returnType: "image" },
  }],
});
const PACKAGES: ReadonlyMap<string, OPackage> = new Map([[IMAGES.name, IMAGES]]);

/** Answers the call that is measured. */
export const service = {
  getPackage({ name }: { readonly name: string }) {
    const found = PACKAGES.get(name);
    if (found === undefined) throw new ConnectError(`there is no package "${name}"`, Code.NotFound);
    return { package: found };
  },
};

/** That call, over Connect's protocol with binary messages. */
export const PATH = "/oaas.package.PackageService/GetPackage";
export const BODY: Uint8Array<ArrayBuffer> = new Uint8Array([10, 6, 105, 109, 97, 103, 101, 115]);
export const HEADERS = { "content-type": "application/proto" };
/** With a trace that is sampled, so that a service has warmed up whatever share it samples. */
export const WARM_UP_HEADERS = {
  ...HEADERS,
  traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
};

/** Observes nothing: what the runtime asks for a call to have a context at all. */
export const CONTEXT_ALONE = "AsyncLocalStorage alone";

/** The interceptors that observe as `who` says, and what waits for their exports. */
export async function observed(who: string, collector: string) {
  const interceptors: Interceptor[] = [];
  if (who === CONTEXT_ALONE) {
    const storage = new AsyncLocalStorage();
    interceptors.push((next) => (request) => storage.run({}, next, request));
  } else if (who !== "bare") {
    setupLogging({ format: "json", level: "debug" });
    interceptors.push(observeConnect(new ServiceMetrics("bench"), { logger: getLogger("bench") }));
  }
  let flush = (): Promise<void> => Promise.resolve();
  const sampled = /^sampled (\d+) %$/.exec(who)?.[1];
  if (sampled !== undefined) {
    const tracing = await setupTracing({
      serviceName: "bench",
      otlpEndpoint: collector,
      samplingRatio: Number(sampled) / 100,
      // One of four that take turns has a quarter of the time: four times the second that is usual.
      env: { OTEL_BSP_SCHEDULE_DELAY: "4000" },
    });
    flush = tracing.flush;
    interceptors.unshift(traceConnect("server"));
  }
  return { interceptors, flush };
}

/** Connect's handler of that call, from `Request` to `Response`. */
export function fetchHandler(interceptors: Interceptor[]): (request: Request) => Promise<Response> {
  const router = createConnectRouter({ interceptors });
  router.service(PackageService, service);
  return createFetchHandler(router.handlers.find(({ method }) => method.name === "GetPackage")!);
}

/** The same for Node's servers. */
export function nodeHandler(interceptors: Interceptor[]): ReturnType<typeof connectNodeAdapter> {
  const routes = (router: ConnectRouter) => void router.service(PackageService, service);
  return connectNodeAdapter({ interceptors, routes });
}
