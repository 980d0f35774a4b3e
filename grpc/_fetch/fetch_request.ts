import type { ConnectError } from "@connectrpc/connect";
import type { BodyCollector } from "../_unary/envelope.ts";
import type { UnaryRequest } from "../_unary/request.ts";

/** The head of a `Request`. */
export class FetchRequest implements UnaryRequest {
  readonly #request: Request;
  readonly #headers: Headers;

  constructor(request: Request) {
    this.#request = request;
    this.#headers = request.headers;
  }

  get httpMethod(): string {
    return this.#request.method;
  }

  get url(): string {
    return this.#request.url;
  }

  header(name: string): string | null {
    return this.#headers.get(name);
  }

  headers(): Headers {
    return new Headers(this.#headers);
  }

  onCancel(cancel: (reason: unknown) => void): () => void {
    const { signal } = this.#request;
    const aborted = () => cancel(signal.reason);
    if (signal.aborted) aborted();
    signal.addEventListener("abort", aborted);
    return () => signal.removeEventListener("abort", aborted);
  }
}

/** Bodies up to this are read in one go where their size is known. */
const AT_ONCE_BYTES = 1024 * 1024;

/** Reads the body of a request; answers an error as soon as the collector refuses it. */
export async function collectBody(
  request: Request,
  collector: BodyCollector,
): Promise<Uint8Array | ConnectError> {
  if (request.body === null) return collector.whole();
  if (Number(request.headers.get("content-length") ?? Infinity) <= AT_ONCE_BYTES) {
    return collector.push(new Uint8Array(await request.arrayBuffer())) ?? collector.whole();
  }
  const reader = request.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return collector.whole();
    const refused = collector.push(value);
    if (refused !== undefined) {
      // The caller may have gone meanwhile.
      reader.cancel(refused).catch(() => {});
      return refused;
    }
  }
}
