import { quote } from "../_limits.ts";
import { StorageError } from "../errors.ts";
import { checkKeyPrefix } from "../keys.ts";
import { Cluster } from "./_cluster.ts";
import { EtcdStore } from "./_store.ts";
import { type Connect, connect, type Endpoint } from "./_transport.ts";
import type { Header } from "./_wire.ts";
import type { EtcdStoreOptions, EtcdTls } from "./options.ts";

const DEFAULT_TIMEOUT_MS = 3000;
const OLDEST = [3, 4] as const;

function invalid(why: string, cause?: unknown): StorageError {
  return new StorageError("invalid", `Cannot open etcd: ${why}`, { cause });
}

/** An endpoint without what must not be in messages. */
function shown(endpoint: unknown): string {
  return quote(endpoint).replace(/\/\/[^/@"]*@/, "//...@");
}

function checkEndpoints(endpoints: readonly string[], tls: EtcdTls | undefined): void {
  if (!Array.isArray(endpoints) || endpoints.length === 0) throw invalid("there are no endpoints");
  const protocols = new Set<string>();
  for (const endpoint of endpoints) {
    const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
    if (!url || !/^https?:$/.test(url.protocol)) {
      throw invalid(
        `the endpoint ${shown(endpoint)} is no URL that begins with http:// or https://`,
      );
    }
    if (url.username !== "" || url.password !== "" || !/^\/?$/.test(url.pathname) || url.search) {
      throw invalid(`the endpoint ${shown(endpoint)} has more than a host and a port`);
    }
    protocols.add(url.protocol);
  }
  if (protocols.size > 1) throw invalid("the endpoints mix http: and https:");
  if (tls && !protocols.has("https:")) throw invalid("tls is given, and the endpoints are http:");
  if (tls && (tls.cert === undefined) !== (tls.key === undefined)) {
    throw invalid("a client certificate takes both cert and key");
  }
  for (const name of ["ca", "cert", "key"] as const) {
    // Not every runtime looks at it before it connects.
    if (tls?.[name] !== undefined && !/-----BEGIN [A-Z0-9 ]+-----/.test(tls[name])) {
      throw invalid(`tls.${name} is no text in PEM format`);
    }
  }
}

function connectAll(
  endpoints: readonly string[],
  tls: EtcdTls | undefined,
  by: Connect,
): Endpoint[] {
  const opened: Endpoint[] = [];
  try {
    for (const endpoint of endpoints) opened.push(by(endpoint, tls));
    return opened;
  } catch (error) {
    for (const endpoint of opened) void endpoint.close();
    throw invalid(`tls: ${error instanceof Error ? error.message : error}`, error);
  }
}

/** Tells whether a version is one that the store works with; what isn't a version is none. */
function supported(version: string): boolean {
  const [major = NaN, minor = NaN] = version.split(".").map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}

/** Opens a store, over other connections in tests. */
export async function openEtcd(
  options: EtcdStoreOptions,
  by: Connect = connect,
): Promise<EtcdStore> {
  const { endpoints, keyPrefix = "", credentials, tls, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  checkEndpoints(endpoints, tls);
  if (keyPrefix !== "") checkKeyPrefix(keyPrefix.replace(/\/$/, ""));
  if (!Number.isFinite(timeoutMs) || timeoutMs <= 0) {
    throw invalid(`timeoutMs ${timeoutMs} is no positive number`);
  }
  const cluster = new Cluster({
    endpoints: connectAll(endpoints, tls, by),
    credentials,
    timeoutMs,
    random: options.random ?? Math.random,
  });
  const what = `open etcd at ${endpoints.join(", ")}`;
  try {
    const { version, header } = await cluster.call<{ version: string; header: Header }>({
      what,
      service: "Maintenance",
      method: "status",
      message: {},
    });
    if (!supported(version)) {
      throw new StorageError(
        "invalid",
        `Cannot ${what}: it is version ${version}, and ${
          OLDEST.join(".")
        } is the oldest that works`,
      );
    }
    return new EtcdStore({ cluster, keyPrefix, header });
  } catch (error) {
    await cluster.close();
    throw error;
  }
}
