import {
  Code,
  ConnectError,
  type ContextKey,
  type ContextValues,
  createContextKey,
  type Interceptor,
} from "@connectrpc/connect";
import { isHealth } from "./_exempt.ts";
import { type Peer, peerOf } from "./peer.ts";

/** Who a caller turned out to be. */
export interface Identity {
  /** The name that policies and logs know the caller by. */
  readonly name: string;
  /** What else is known of it, such as roles. */
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** What a caller shows of itself. */
export interface Credentials {
  /** The token of `authorization: Bearer ...`. */
  readonly bearer?: string;
  /** The other side of the connection, with the certificate it showed. */
  readonly peer?: Peer;
  /** All headers of the request. */
  readonly header: Headers;
}

/** A call that wants to be made. */
export interface AuthorizedCall {
  /** The service, such as `oaas.package.PackageService`. */
  readonly service: string;
  /** The method, such as `CreatePackage`. */
  readonly method: string;
}

/**
 * Who may call a method: everybody, everybody who is known, or those for whom the
 * function answers true.
 */
export type AuthRule =
  | "public"
  | "authenticated"
  | ((identity: Identity, call: AuthorizedCall) => boolean | Promise<boolean>);

/** Options of {@linkcode auth}. */
export interface AuthOptions {
  /**
   * Tells who a caller is by what it shows; undefined for nobody that is known. It is
   * not asked for public methods. What it throws is answered as an error of the server.
   */
  readonly authenticate: (
    credentials: Credentials,
  ) => Identity | undefined | Promise<Identity | undefined>;
  /**
   * Rules by `package.Service/Method`, `package.Service/*` or `*`; the closest counts.
   * The health services are public unless a rule names them.
   *
   * @default {every method is for callers that are known}
   */
  readonly policy?: Readonly<Record<string, AuthRule>>;
}

const identityKey: ContextKey<Identity | undefined> = createContextKey<Identity | undefined>(
  undefined,
  { description: "who makes the call" },
);

/**
 * Who makes a call, as {@linkcode auth} found out; undefined for a public method.
 * Takes the `values` of a handler's context.
 */
export function identityOf(values: ContextValues): Identity | undefined {
  return values.get(identityKey);
}

/**
 * An interceptor for servers that lets only those call whom the policy names.
 * Callers that are nobody known are answered `Unauthenticated`, those that may not
 * `PermissionDenied`.
 *
 * @throws {TypeError} when a rule of the policy is none, or its name can't match.
 *
 * @example
 * ```ts
 * import { auth, type Identity } from "@oprc/grpc";
 *
 * const tokens = new Map<string, Identity>([["t-1", { name: "ci" }]]);
 * const interceptor = auth({
 *   authenticate: ({ bearer, peer }) =>
 *     bearer === undefined
 *       ? peer?.certificate && { name: peer.certificate.commonName }
 *       : tokens.get(bearer),
 *   policy: {
 *     "oaas.package.PackageService/GetPackage": "public",
 *     "oaas.package.PackageService/*": ({ name }) => name === "ci",
 *   },
 * });
 * console.log(typeof interceptor);
 * ```
 */
export function auth(options: AuthOptions): Interceptor {
  const policy = new Map(Object.entries(options.policy ?? {}));
  for (const [name, rule] of policy) {
    if (typeof rule !== "function" && rule !== "public" && rule !== "authenticated") {
      throw new TypeError(`Cannot use the rule for "${name}": it is none`);
    }
    if (name !== "*" && !/^[\w.]+\/(\w+|\*)$/.test(name)) {
      throw new TypeError(
        `Cannot use the rule for "${name}": it names no package.Service/Method, ` +
          `package.Service/* or *`,
      );
    }
  }
  return (next) => async (request) => {
    const call = { service: request.service.typeName, method: request.method.name };
    const rule = policy.get(`${call.service}/${call.method}`) ??
      policy.get(`${call.service}/*`) ??
      (isHealth(request.service) ? "public" : policy.get("*") ?? "authenticated");
    if (rule === "public") return await next(request);
    const identity = await options.authenticate({
      bearer: bearerOf(request.header),
      peer: peerOf(request.contextValues),
      header: request.header,
    });
    if (identity === undefined) {
      throw new ConnectError(
        "the credentials are missing or not accepted",
        Code.Unauthenticated,
        { "www-authenticate": "Bearer" },
      );
    }
    // Nothing but true lets a call pass: a rule may come from plain JavaScript.
    if (rule !== "authenticated" && await rule(identity, call) !== true) {
      throw new ConnectError(
        `${identity.name} may not call ${call.service}/${call.method}`,
        Code.PermissionDenied,
      );
    }
    request.contextValues.set(identityKey, identity);
    return await next(request);
  };
}

function bearerOf(header: Headers): string | undefined {
  return /^Bearer +([\w.~+/-]+=*)$/i.exec(header.get("authorization") ?? "")?.[1];
}
