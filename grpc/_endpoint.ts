/** An address to connect to, checked. */
export interface Endpoint {
  /** Scheme, host and port, such as `http://127.0.0.1:50051`. */
  readonly origin: string;
  /** Whether the connection is encrypted. */
  readonly secure: boolean;
}

/**
 * Reads `http://host:port`, `https://host:port` or `host:port` (as http).
 *
 * @throws {TypeError} when it is none of these; the message names it.
 */
export function parseEndpoint(endpoint: string): Endpoint {
  const refuse = (why: string): never => {
    // A user name in an endpoint may come with a password: not repeated.
    const shown = String(endpoint).replace(/\/\/[^/@]*@/, "//");
    throw new TypeError(`Cannot connect to "${shown}": ${why}`);
  };
  const text = typeof endpoint === "string" ? endpoint.trim() : "";
  if (text === "") refuse("an endpoint is http://host:port, https://host:port or host:port");
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  let url: URL;
  try {
    url = new URL(full);
  } catch {
    return refuse("an endpoint is http://host:port, https://host:port or host:port");
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    refuse(`the scheme is "${url.protocol.slice(0, -1)}", not http or https`);
  }
  if (url.username !== "" || url.password !== "") refuse("an endpoint holds no user name");
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "") {
    refuse("an endpoint holds no path, query or fragment");
  }
  return { origin: url.origin, secure: url.protocol === "https:" };
}
