import type { ClientHttp2Stream, IncomingHttpHeaders } from "node:http2";

/** How much may wait for its reader, in bytes, before the server is slowed down. */
const HIGH_WATER_BYTES = 1024 * 1024;

/**
 * Makes a response whole, or a failure. Deno closes a stream when its last
 * frame arrives, and the stream's own iterator then loses what has not been
 * read yet ("Premature close"); this one takes each piece as it comes. It
 * notices a body that is shorter than its content-length, and a stream that
 * closes without a word before its response, as Deno's do when a server says
 * GOAWAY and goes.
 */
export function keepResponse(stream: ClientHttp2Stream): ClientHttp2Stream {
  const waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  let received = 0;
  let expected: number | undefined;
  let responded = false;
  let over = false;
  let failure: Error | undefined;
  let wake: (() => void) | undefined;

  function take(chunk: Uint8Array): void {
    waiting.push(chunk);
    received += chunk.length;
    waitingBytes += chunk.length;
    if (waitingBytes > HIGH_WATER_BYTES) stream.pause();
    wake?.();
  }
  function finish(error?: Error): void {
    if (over) return;
    over = true;
    failure = error;
    wake?.();
  }
  stream.on("response", (headers: IncomingHttpHeaders) => {
    responded = true;
    const length = headers["content-length"];
    if (length !== undefined) expected = Number(length);
  });
  stream.on("data", take);
  stream.on("end", () => finish(isShort() ? cutShort() : undefined));
  stream.on("error", finish);
  stream.on("close", () => {
    if (!responded && !failure && isSilent(stream.rstCode)) stream.emit("error", cutShort());
    if (over) return;
    // What waited in a paused stream can still be read once it is closed.
    for (let chunk = stream.read(); chunk !== null; chunk = stream.read()) take(chunk);
    finish(stream.rstCode !== 0 || isShort() ? cutShort() : undefined);
  });
  const isShort = () => expected !== undefined && received < expected;

  async function* body(): AsyncGenerator<Uint8Array> {
    while (true) {
      const chunk = waiting.shift();
      if (chunk !== undefined) {
        waitingBytes -= chunk.length;
        if (waitingBytes <= HIGH_WATER_BYTES && stream.isPaused()) stream.resume();
        yield chunk;
      } else if (over) {
        if (failure !== undefined) throw failure;
        return;
      } else {
        await new Promise<void>((resolve) => wake = resolve);
      }
    }
  }
  Object.defineProperty(stream, Symbol.asyncIterator, { value: body });
  return stream;
}

/** Whether Connect takes a close with this code for no error: none, NO_ERROR, STREAM_CLOSED. */
function isSilent(code: number | undefined): boolean {
  return code === undefined || code === 0 || code === 5;
}

function cutShort(): Error {
  return Object.assign(new Error("Premature close"), { code: "ERR_STREAM_PREMATURE_CLOSE" });
}
