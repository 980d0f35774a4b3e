/** Where spans go, and what has to be said about it. */
export interface Endpoint {
  readonly url: string;
  readonly warning?: string;
}

const OTLP_HTTP_PORT = "4318";
const OTLP_GRPC_PORT = "4317";
/** Thrift over HTTP, over gRPC, and over UDP: what Jaeger took before it spoke OTLP. */
const OLD_JAEGER_PORTS = ["14268", "14250", "6831", "6832"];

/**
 * The URL to post to: an address without a path gets `/v1/traces`.
 *
 * @throws {TypeError} when it isn't an address
 */
export function otlpEndpoint(name: string, value: string, path = "/v1/traces"): Endpoint {
  const url = parse(name, value);
  if (url.pathname !== "/") return { url: url.href };
  url.pathname = path;
  if (url.port !== OTLP_GRPC_PORT) return { url: url.href };
  url.port = OTLP_HTTP_PORT;
  const warning = `${name}: port ${OTLP_GRPC_PORT} takes OTLP over gRPC; using HTTP at ${url.href}`;
  return { url: url.href, warning };
}

/**
 * The same for an address of Jaeger: where it names one of the ports for Thrift,
 * which Jaeger no longer has, the host's port for OTLP is used.
 *
 * @throws {TypeError} when it isn't an address
 */
export function jaegerEndpoint(value: string): Endpoint {
  const name = "jaegerEndpoint";
  const url = parse(name, value);
  const old = OLD_JAEGER_PORTS.includes(url.port) || url.pathname === "/api/traces";
  if (!old) return otlpEndpoint(name, url.href);
  url.protocol = url.protocol === "https:" ? "https:" : "http:";
  url.port = OTLP_HTTP_PORT;
  url.pathname = "/v1/traces";
  url.search = "";
  const warning = `${name}: Jaeger takes OTLP in place of Thrift; using ${url.href}`;
  return { url: url.href, warning };
}

function parse(name: string, value: string): URL {
  try {
    const url = new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`);
    // The agent's address went without a scheme, or with that of its transport.
    if (url.protocol === "udp:") return new URL(`http://${url.host}/`);
    if (url.protocol === "http:" || url.protocol === "https:") return url;
  } catch {
    // Said below, without the value: it may hold a password.
  }
  throw new TypeError(`Cannot set up tracing: ${name} is no http or https address`);
}
