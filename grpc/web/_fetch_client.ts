import { Code, ConnectError } from "@connectrpc/connect";
import type { UniversalClientFn } from "@connectrpc/connect/protocol";

/** Makes HTTP requests with `fetch`, until it is closed. */
export interface FetchClient {
  /** What Connect's protocols make their requests with. */
  readonly request: UniversalClientFn;
  /** Ends the requests that are under way, and all later ones. */
  close(): void;
}

type Fetch = typeof globalThis.fetch;

/** Requests to `origin`. Browsers stream no request bodies, so these are collected first. */
export function createFetchClient(origin: string, fetch: Fetch): FetchClient {
  const underWay = new Set<(reason: unknown) => void>();
  const closed = () => new ConnectError("the client is closed", Code.Canceled);

  return {
    async request({ url, method, header, body, signal }) {
      const controller = new AbortController();
      const end = (reason: unknown) => controller.abort(reason);
      const follow = () => end(signal?.reason);
      const release = () => {
        underWay.delete(end);
        signal?.removeEventListener("abort", follow);
      };
      signal?.addEventListener("abort", follow);
      if (signal?.aborted) follow();
      underWay.add(end);
      // Browsers tell less than was asked of them: the reason is on the signal.
      const name = (error: unknown, why: string) => {
        if (controller.signal.aborted) return controller.signal.reason;
        if (error instanceof ConnectError) return error;
        const message = `Cannot reach ${origin}: ${why}`;
        return new ConnectError(message, Code.Unavailable, undefined, undefined, error);
      };
      try {
        // Not the page's to set, and asked about in a preflight where it is set.
        header.delete("user-agent");
        const response = await fetch(url, {
          method,
          headers: header,
          signal: controller.signal,
          body: body === undefined ? null : await collect(body),
        });
        return {
          status: response.status,
          header: decodedHeader(response.headers),
          body: pieces(response.body, (error) => name(error, LOST), release),
          trailer: new Headers(),
        };
      } catch (error) {
        release();
        throw name(error, error instanceof Error ? error.message : String(error));
      }
    },
    close() {
      for (const end of [...underWay]) end(closed());
    },
  };
}

const LOST = "the connection was lost during the call";

async function collect(body: AsyncIterable<Uint8Array>): Promise<Blob> {
  const parts: BlobPart[] = [];
  for await (const part of body) parts.push(part as Uint8Array<ArrayBuffer>);
  return new Blob(parts);
}

/** What `fetch` has decoded already is neither encoded nor as long as its header says. */
function decodedHeader(given: Headers): Headers {
  if (!given.has("content-encoding")) return given;
  const header = new Headers(given);
  header.delete("content-encoding");
  header.delete("content-length");
  return header;
}

async function* pieces(
  body: ReadableStream<Uint8Array> | null,
  name: (error: unknown) => unknown,
  release: () => void,
): AsyncGenerator<Uint8Array> {
  const reader = body?.getReader();
  try {
    while (reader !== undefined) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } catch (error) {
    throw name(error);
  } finally {
    release();
    reader?.cancel().catch(() => {});
  }
}
