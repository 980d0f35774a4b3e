import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls, type ConnectionOptions } from "node:tls";
import type { Endpoint } from "../_endpoint.ts";
import { denoVersion } from "../_runtime.ts";
import type { ClientTlsOptions } from "../client_options.ts";
import { pem } from "./pem.ts";

/** How long a connection may take to be made; then the next call tries anew, or elsewhere. */
const CONNECT_MS = 10_000;

/** How long a connection is quiet before TCP asks whether the other side is still there. */
const KEEP_ALIVE_MS = 60_000;

/** Opens a connection to a server; `alpn` is what will be spoken on it. */
export function openSocket(
  endpoint: Endpoint,
  tls: ClientTlsOptions | undefined,
  alpn: "h2" | "http/1.1",
): Socket {
  const { hostname, port } = new URL(endpoint.origin);
  const address = {
    host: hostname.replace(/^\[(.*)\]$/, "$1"),
    port: Number(port) || (endpoint.secure ? 443 : 80),
  };
  const socket = endpoint.secure
    ? withoutEmptyWrites(openTls(address, alpn, tls))
    : connectTcp(address);
  socket.setNoDelay(true);
  const timer = setTimeout(() => {
    socket.destroy(Object.assign(new Error("the server doesn't answer"), { code: "ETIMEDOUT" }));
  }, CONNECT_MS);
  socket.once(endpoint.secure ? "secureConnect" : "connect", () => clearTimeout(timer));
  socket.once("close", () => clearTimeout(timer));
  socket.setKeepAlive(true, KEEP_ALIVE_MS);
  return socket;
}

function openTls(
  address: { host: string; port: number },
  alpn: string,
  tls: ClientTlsOptions = {},
): Socket {
  const options: ConnectionOptions = { ...address, ALPNProtocols: [alpn] };
  if (tls.ca !== undefined) options.ca = pem(tls.ca);
  if (tls.cert !== undefined) options.cert = pem(tls.cert);
  if (tls.key !== undefined) options.key = pem(tls.key);
  // An IP address is no server name: TLS has no place for it, and the
  // certificate is matched by address then.
  if (tls.serverName !== undefined) options.servername = tls.serverName;
  else if (!isIpAddress(address.host)) options.servername = address.host;
  return connectTls(options);
}

/**
 * A TLS socket of Deno fails when nothing is written to it ("write EPERM"), as node:http does
 * with the body of a request that is empty.
 */
function withoutEmptyWrites(socket: Socket): Socket {
  if (denoVersion() === undefined) return socket;
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
  socket.write = (chunk: string | Uint8Array, ...rest: unknown[]) => {
    if (chunk.length > 0) return write(chunk, ...rest);
    const callback = rest.find((one) => typeof one === "function");
    if (callback !== undefined) queueMicrotask(() => callback());
    return !socket.writableNeedDrain;
  };
  return socket;
}

function isIpAddress(host: string): boolean {
  return host.includes(":") || /^\d+(\.\d+){3}$/.test(host);
}
