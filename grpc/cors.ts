import { cors as needs } from "@connectrpc/connect";
import type { HeaderRecord, UnaryAnswer } from "./_unary/request.ts";

/** Which web pages may call a server, by the rules of Cross-Origin Resource Sharing. */
export interface CorsOptions {
  /**
   * The origins of the pages, such as `https://app.example.com`; a function that is asked
   * for each; or `"*"` for all there are.
   */
  readonly origins: "*" | readonly string[] | ((origin: string) => boolean);
  /**
   * Headers that pages may read besides those of the protocols: what your handlers and
   * interceptors answer, trailers with `trailer-` before their name for Connect.
   *
   * @default {none}
   */
  readonly exposedHeaders?: readonly string[];
  /**
   * Whether pages may send cookies and other credentials of the browser. A token that the
   * page itself puts into a header needs none of this.
   *
   * @default {false}
   */
  readonly credentials?: boolean;
  /**
   * How long a browser remembers that it may, in milliseconds.
   *
   * @default {7_200_000} two hours, the most that Chrome takes
   */
  readonly maxAgeMs?: number;
}

/** What a server answers to pages of other origins. */
export interface Cors {
  /** The fields to add to an answer; undefined where the request comes from no page. */
  headers(origin: string | null | undefined): HeaderRecord | undefined;
  /**
   * The answer to a browser that asks whether it may call; undefined where a request is
   * no such question.
   */
  preflight(
    method: string | undefined,
    header: (name: string) => string | null | undefined,
  ): UnaryAnswer | undefined;
}

const DEFAULT_MAX_AGE_MS = 7_200_000;

/**
 * Prepares the answers.
 *
 * @throws {TypeError} when an origin can't be one, or credentials are for everybody.
 * @throws {RangeError} when `maxAgeMs` is not a number from 0.
 */
export function createCors(options: CorsOptions | undefined): Cors | undefined {
  if (options === undefined) return undefined;
  const { credentials = false, exposedHeaders = [], maxAgeMs = DEFAULT_MAX_AGE_MS } = options;
  if (!(maxAgeMs >= 0 && maxAgeMs < Infinity)) {
    throw new RangeError(
      `Cannot use cors.maxAgeMs ${maxAgeMs}: it is a number of milliseconds from 0`,
    );
  }
  const isAllowed = originRule(options, credentials);
  const exposed = [...needs.exposedHeaders, ...exposedHeaders].join(", ");

  function headers(origin: string | null | undefined): HeaderRecord | undefined {
    // Whatever lies between must not give one page's answer to another.
    if (origin === null || origin === undefined) return undefined;
    if (!isAllowed(origin)) return { vary: "origin" };
    return {
      vary: "origin",
      "access-control-allow-origin": origin,
      "access-control-expose-headers": exposed,
      ...credentials ? { "access-control-allow-credentials": "true" } : {},
    };
  }
  return {
    headers,
    preflight(method, header) {
      if (method !== "OPTIONS") return undefined;
      const asked = header("access-control-request-method");
      const allowed = headers(header("origin"));
      if (!asked || allowed === undefined) return undefined;
      // Without the fields that allow it, the browser doesn't call.
      if (!("access-control-allow-origin" in allowed)) return { status: 204, header: allowed };
      const wanted = header("access-control-request-headers");
      return {
        status: 204,
        header: {
          ...allowed,
          "access-control-allow-methods": needs.allowedMethods.join(", "),
          // Which headers a call needs is for the page to know; the server checks them itself.
          ...wanted ? { "access-control-allow-headers": wanted } : {},
          "access-control-max-age": String(Math.floor(maxAgeMs / 1000)),
        },
      };
    },
  };
}

function originRule({ origins }: CorsOptions, credentials: boolean): (origin: string) => boolean {
  if (typeof origins === "function") return origins;
  if (origins === "*") {
    if (credentials) {
      throw new TypeError('Cannot use cors.credentials with origins "*": name the origins');
    }
    return () => true;
  }
  for (const origin of origins) {
    if (!URL.canParse(origin) || new URL(origin).origin !== origin) {
      throw new TypeError(
        `Cannot use "${origin}" in cors.origins: an origin looks like https://app.example.com`,
      );
    }
  }
  const known = new Set(origins);
  return (origin) => known.has(origin);
}
