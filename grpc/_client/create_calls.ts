import type { DescService } from "@bufbuild/protobuf";
import { type CallOptions, type Client, createClient, type Transport } from "@connectrpc/connect";

/** A call that answers a stream, as Connect makes it. */
type StreamCall = (request: unknown, options?: CallOptions) => AsyncIterable<unknown>;

/**
 * Connect's client, but for one thing: a loop over a response that is left ends the call.
 * Connect leaves such a call open until its caller's signal aborts.
 */
export function createCalls<S extends DescService>(service: S, transport: Transport): Client<S> {
  const client = createClient(service, transport);
  const calls = client as unknown as Record<string, StreamCall>;
  const leavable = service.methods
    .filter(({ methodKind }) =>
      methodKind === "server_streaming" || methodKind === "bidi_streaming"
    )
    .map(({ localName }) => [localName, endedWhenLeft(calls[localName]!)]);
  return { ...client, ...Object.fromEntries(leavable) };
}

function endedWhenLeft(call: StreamCall): StreamCall {
  return (request, options = {}) => {
    const controller = new AbortController();
    const { signal } = options;
    const follow = () => controller.abort(signal?.reason);
    const release = () => signal?.removeEventListener("abort", follow);
    signal?.addEventListener("abort", follow);
    if (signal?.aborted) follow();
    const messages = call(request, { ...options, signal: controller.signal });
    return {
      [Symbol.asyncIterator]: () => {
        const iterator = messages[Symbol.asyncIterator]();
        return {
          async next() {
            try {
              const result = await iterator.next();
              if (result.done) release();
              return result;
            } catch (error) {
              release();
              throw error;
            }
          },
          return() {
            release();
            controller.abort();
            void exhaust(iterator);
            return Promise.resolve({ done: true, value: undefined });
          },
        };
      },
    };
  };
}

/** Connect forgets a call, and the timer of its deadline, when it is asked for a message. */
async function exhaust(iterator: AsyncIterator<unknown>): Promise<void> {
  try {
    while (!(await iterator.next()).done);
  } catch {
    // The end that was asked for.
  }
}
