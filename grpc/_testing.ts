/** What the tests of this package share; not published. */
import type { DescMethod } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import {
  type CallContext,
  packageService,
  type PackageServiceHandler,
  serve,
  type ServeOptions,
  type Server,
} from "./mod.ts";

/** A handler whose methods are all refused, but for those given. */
export function packageHandler(
  methods: Partial<PackageServiceHandler> = {},
): PackageServiceHandler {
  const refuse = (_request: unknown, { method }: { method: DescMethod }) =>
    Promise.reject(new ConnectError(`the test gave no ${method.localName}`, Code.Unimplemented));
  return {
    createPackage: refuse,
    getPackage: refuse,
    listPackages: refuse,
    deletePackage: refuse,
    deployClass: refuse,
    reportDeploymentStatus: refuse,
    ...methods,
  };
}

/** A server of PackageService on a free port, whose unexpected errors are kept instead of printed. */
export async function packageServer(
  methods: Partial<PackageServiceHandler> = {},
  options: Partial<ServeOptions> = {},
): Promise<{ server: Server; endpoint: string; errors: unknown[] }> {
  const errors: unknown[] = [];
  const server = await serve({
    services: [packageService(packageHandler(methods))],
    onError: (error) => errors.push(error),
    ...options,
  });
  const scheme = options.tls === undefined ? "http" : "https";
  return { server, endpoint: `${scheme}://127.0.0.1:${server.addr.port}`, errors };
}

/** A promise and what settles it. */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
}

/** Node 20 lacks Promise.withResolvers. */
export function deferred<T = void>(): Deferred<T> {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((r) => resolve = r);
  return { promise, resolve };
}

/** A method that says when it has begun and waits until its call is over. */
export function hanging(): {
  begun: Promise<void>;
  method: (r: unknown, c: CallContext) => Promise<never>;
} {
  const { promise, resolve } = deferred();
  return {
    begun: promise,
    method: (_request, { signal }) => {
      resolve();
      return new Promise((_, reject) => {
        if (signal.aborted) return reject(signal.reason);
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      });
    },
  };
}

/** What a call comes to: `ok` or the name of its code. */
export function codeOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(() => "ok", (error) => error instanceof ConnectError ? Code[error.code] : error);
}

/** Calls CreatePackage as curl would. */
export function post(
  endpoint: string,
  init: RequestInit & { client?: Deno.HttpClient } = {},
): Promise<Response> {
  return fetch(`${endpoint}/oaas.package.PackageService/CreatePackage`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ package: { name: "records" } }),
    ...init,
  });
}
