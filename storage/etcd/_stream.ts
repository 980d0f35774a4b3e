import type { Bell } from "../_bell.ts";
import type { CallMetadata, Endpoint, GrpcFailure, WatchStream } from "./_transport.ts";
import type { WatchRequest, WatchResponse } from "./_wire.ts";

// etcd sends up to 1.5 MiB at a time.
const PAUSE_AT = 8;

/** A watch stream that is read at the consumer's pace. */
export class Stream {
  readonly #call: WatchStream;
  readonly #queue: WatchResponse[] = [];
  #paused = false;
  #failure: GrpcFailure | undefined;

  /** @param onEnd Called when it has ended, also by {@linkcode cancel} */
  constructor(
    endpoint: Endpoint,
    request: WatchRequest,
    metadata: CallMetadata,
    bell: Bell,
    onEnd: () => void,
  ) {
    this.#call = endpoint.watch(request, metadata, {
      message: (response) => {
        this.#queue.push(response);
        if (this.#queue.length >= PAUSE_AT && !this.#paused) {
          this.#paused = true;
          this.#call.pause();
        }
        bell.ring();
      },
      end: (failure) => {
        this.#failure ??= failure;
        onEnd();
        bell.ring();
      },
    });
  }

  /** The next response, if one is there. */
  take(): WatchResponse | undefined {
    const response = this.#queue.shift();
    if (this.#paused && this.#queue.length === 0) {
      this.#paused = false;
      this.#call.resume();
    }
    return response;
  }

  /** Why the stream has ended, once all that it delivered is taken. */
  get failure(): GrpcFailure | undefined {
    return this.#queue.length === 0 ? this.#failure : undefined;
  }

  cancel(): void {
    this.#call.cancel();
  }
}
