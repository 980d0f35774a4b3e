import type { Readable } from "node:stream";
import { Code, ConnectError } from "@connectrpc/connect";

/**
 * The body of a request, piece by piece; `onRead` is called when somebody begins to read.
 *
 * @throws {ConnectError} `Canceled` when the caller goes away before it has sent all.
 */
export async function* readBody(body: Readable, onRead?: () => void): AsyncGenerator<Uint8Array> {
  onRead?.();
  const pieces = body.iterator({ destroyOnReturn: false });
  try {
    for (;;) {
      // Only what fails here is the caller's; what its reader throws is not.
      const { done, value } = await pieces.next().catch((cause) => {
        throw new ConnectError("the caller went away", Code.Canceled, undefined, undefined, cause);
      });
      if (done) return;
      yield value;
    }
  } finally {
    await pieces.return?.();
    // What a refused caller still sends is dropped, so that its request can end.
    body.resume();
  }
}
