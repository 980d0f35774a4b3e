import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { type Compression, envelopeCompress } from "@connectrpc/connect/protocol";
import type { UnaryCall } from "../_unary/call.ts";
import { statusTrailer } from "../_unary/grpc.ts";
import { COMPRESS_MIN_BYTES } from "../_unary/envelope.ts";
import { addFields, type HeaderRecord } from "../_unary/request.ts";
import { Batch, type ByteSink } from "./batch.ts";
import type { StreamInput } from "./input.ts";
import type { ServerStreamMethod, StreamOutput } from "./method.ts";

type AnyMessage = MessageShape<DescMessage>;

/** What carries the answer of a call. */
export interface AnswerSink extends ByteSink {
  /** Sends the headers. */
  respond(header: HeaderRecord): void;
  /** Writes what is left, and ends the answer with its trailers. */
  finish(rest: Uint8Array<ArrayBuffer>, trailer: HeaderRecord): void;
}

/** How an answer is written. */
export interface AnswerOptions {
  /** The headers that are the protocol's own. */
  readonly header: HeaderRecord;
  serialize(message: AnyMessage): Uint8Array<ArrayBuffer>;
  readonly compression: Compression | null;
}

/** The answer to one call: takes the handler's messages one by one, as the caller reads them. */
export class StreamAnswer {
  readonly #method: ServerStreamMethod;
  readonly #call: UnaryCall;
  readonly #sink: AnswerSink;
  readonly #options: AnswerOptions;
  readonly #batch: Batch;
  #output: StreamOutput | undefined;
  #responded = false;
  #over = false;

  constructor(
    method: ServerStreamMethod,
    call: UnaryCall,
    sink: AnswerSink,
    options: AnswerOptions,
  ) {
    this.#method = method;
    this.#call = call;
    this.#sink = sink;
    this.#options = options;
    this.#batch = new Batch(sink, () => this.cancel());
    if (call.timeoutMs() === undefined) return;
    call.signal.addEventListener("abort", () => this.#expire(), { once: true });
    if (call.signal.aborted) this.#expire();
  }

  /** Runs the handler, and sends what it answers; never rejects. */
  async run(input: StreamInput): Promise<void> {
    try {
      await this.#run(input);
    } catch (error) {
      await this.#finish(this.#method.answerTo(error, this.#call));
    }
  }

  /** The caller has gone: ends the handler. */
  cancel(): void {
    if (this.#over) return;
    this.#over = true;
    const gone = new ConnectError("the caller went away", Code.Canceled);
    this.#call.end(gone);
    this.#release(gone);
  }

  async #run(input: StreamInput): Promise<void> {
    // Its deadline had passed before its request was complete.
    if (this.#over) return;
    const batch = this.#batch;
    const output = this.#output = await this.#method.invoke(this.#call, input);
    const { messages } = output;
    while (!this.#over) {
      const { done, value } = await messages.next();
      if (batch.blocked !== undefined) await batch.blocked;
      if (this.#over) break;
      if (done) return await this.#finish();
      const message = this.#method.normal(value);
      try {
        const closing = this.#send(message);
        if (closing !== undefined) await closing;
      } catch (error) {
        return await this.#fail(this.#method.answerTo(error, this.#call));
      }
    }
    // The call was over before there was a handler to tell.
    messages.return?.()?.catch(() => {});
  }

  #send(message: AnyMessage): Promise<void> | undefined {
    const { compression } = this.#options;
    const data = this.#options.serialize(message);
    this.#respond();
    if (compression !== null && data.length >= COMPRESS_MIN_BYTES) {
      return envelopeCompress({ flags: 0, data }, compression, COMPRESS_MIN_BYTES)
        .then((compressed) => this.#batch.add(compressed.flags, compressed.data));
    }
    this.#batch.add(0, data);
  }

  /** The handler's headers are complete when its first message is. */
  #respond(): void {
    if (this.#responded) return;
    this.#responded = true;
    const { header } = this.#options;
    const { givenHeader } = this.#call;
    this.#sink.respond(givenHeader === undefined ? header : addFields(header, givenHeader));
  }

  /** After what the handler itself makes of its signal. */
  #expire(): void {
    const error = new ConnectError("the operation timed out", Code.DeadlineExceeded);
    this.#sink.soon(() => void this.#fail(error));
  }

  /** Ends the call where its handler may not have come to its end. */
  async #fail(error: ConnectError): Promise<void> {
    if (this.#over) return;
    const finished = this.#finish(error);
    this.#release(error);
    await finished;
  }

  async #finish(error?: ConnectError): Promise<void> {
    if (this.#over) return;
    this.#over = true;
    const call = this.#call;
    call.end(error);
    const trailer = error === undefined
      ? statusOk(this.#output?.trailer ?? call.givenTrailer)
      : addFields({}, statusTrailer(call, error));
    this.#respond();
    if (this.#batch.blocked !== undefined) await this.#batch.blocked;
    this.#sink.finish(this.#batch.take(), trailer);
  }

  #release(error: ConnectError): void {
    const messages = this.#output?.messages;
    // As if its last message had failed, so that interceptors hear of it too.
    const released = messages?.throw === undefined ? messages?.return?.() : messages.throw(error);
    released?.catch(() => {});
  }
}

function statusOk(given: Headers | undefined): HeaderRecord {
  const trailer = given === undefined ? {} : addFields({}, given);
  trailer["grpc-status"] = "0";
  return trailer;
}
