/** Makes the calls that the conformance suite asks of a client under test. */
import {
  create,
  type DescMessage,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
} from "@bufbuild/protobuf";
import { type CallOptions, type Client, ConnectError } from "@connectrpc/connect";
import { addHeaders, delay, fromConnectError, fromHeaders } from "./_metadata.ts";
import {
  type ClientCompatRequest,
  type ClientResponseResult,
  ClientResponseResultSchema,
} from "./gen/connectrpc/conformance/v1/client_compat_pb.ts";
import { StreamType } from "./gen/connectrpc/conformance/v1/config_pb.ts";
import {
  BidiStreamRequestSchema,
  ClientStreamRequestSchema,
  type ConformancePayload,
  ConformancePayloadSchema,
  type ConformanceService,
  IdempotentUnaryRequestSchema,
  ServerStreamRequestSchema,
  UnaryRequestSchema,
  UnimplementedRequestSchema,
} from "./gen/connectrpc/conformance/v1/service_pb.ts";

/** A call under way: what it has come to, and how to make it. */
class Call {
  readonly result = create(ClientResponseResultSchema);
  readonly #controller = new AbortController();
  readonly options: CallOptions;

  constructor(readonly asked: ClientCompatRequest) {
    this.options = {
      headers: addHeaders(new Headers(), asked.requestHeaders),
      signal: this.#controller.signal,
      timeoutMs: asked.timeoutMs ?? 0,
      onHeader: (headers) => void (this.result.responseHeaders = fields(headers)),
      onTrailer: (trailers) => void (this.result.responseTrailers = fields(trailers)),
    };
  }

  /** The messages to send. */
  requests<S extends DescMessage>(schema: S): MessageShape<S>[] {
    return this.asked.requestMessages.map(({ value }) => fromBinary(schema, value));
  }

  /** Takes a response, and cancels the call if that was the one to cancel after. */
  take(response: { payload?: ConformancePayload }): void {
    const { payloads } = this.result;
    payloads.push(response.payload ?? create(ConformancePayloadSchema));
    const timing = this.asked.cancel?.cancelTiming;
    if (timing?.case === "afterNumResponses" && payloads.length === timing.value) this.cancel();
  }

  cancel(): void {
    this.#controller.abort();
  }

  /** Takes the error that the call ended with. */
  fail(error: unknown): void {
    const { result } = this;
    result.error = fromConnectError(error);
    // An error carries headers and trailers together; the suite asks for each of them.
    const metadata = fields(ConnectError.from(error).metadata);
    if (result.responseHeaders.length === 0) result.responseHeaders = metadata;
    if (result.responseTrailers.length === 0) result.responseTrailers = metadata;
  }

  /** What is to be done once everything is sent, the sending side still open. */
  beforeCloseSend(): void {
    if (this.asked.cancel?.cancelTiming.case === "beforeCloseSend") this.cancel();
  }

  /** What is to be done once the sending side is closed. */
  afterCloseSend(): void {
    const { cancel } = this.asked;
    if (cancel === undefined) return;
    const { cancelTiming: timing } = cancel;
    if (timing.case === undefined) this.cancel();
    if (timing.case === "afterCloseSendMs") setTimeout(() => this.cancel(), timing.value);
  }

  /** Sends the messages, each after the delay that is asked for. */
  async *send<S extends DescMessage>(schema: S): AsyncGenerator<MessageInitShape<S>> {
    for (const request of this.requests(schema)) {
      await delay(this.asked.requestDelayMs);
      yield request as MessageInitShape<S>;
    }
    this.beforeCloseSend();
    this.afterCloseSend();
  }
}

const fields = (headers: Headers) =>
  create(ClientResponseResultSchema, { responseHeaders: fromHeaders(headers) }).responseHeaders;

async function unary<S extends DescMessage>(
  call: Call,
  schema: S,
  method: (
    request: MessageShape<S>,
    options: CallOptions,
  ) => Promise<{ payload?: ConformancePayload }>,
): Promise<void> {
  await delay(call.asked.requestDelayMs);
  const response = method(call.requests(schema)[0]!, call.options);
  call.afterCloseSend();
  call.take(await response);
}

async function bidiStream(call: Call, client: Client<typeof ConformanceService>): Promise<void> {
  const { asked } = call;
  let waiting = () => {};
  const turn = () => new Promise<void>((resolve) => waiting = resolve);
  const fullDuplex = asked.streamType === StreamType.FULL_DUPLEX_BIDI_STREAM;
  async function* send() {
    for (const request of call.requests(BidiStreamRequestSchema)) {
      await delay(asked.requestDelayMs);
      const answered = turn();
      yield request;
      // Each request waits for the response to the one before it.
      if (fullDuplex) await answered;
    }
    call.beforeCloseSend();
    call.afterCloseSend();
  }
  for await (const response of client.bidiStream(send(), call.options)) {
    call.take(response);
    waiting();
  }
}

/** Makes a call; an error that it ends with is part of the result. */
export async function makeCall(
  client: Client<typeof ConformanceService>,
  asked: ClientCompatRequest,
): Promise<ClientResponseResult> {
  const call = new Call(asked);
  try {
    switch (asked.method) {
      case "Unary":
        await unary(call, UnaryRequestSchema, client.unary);
        break;
      case "IdempotentUnary":
        await unary(call, IdempotentUnaryRequestSchema, client.idempotentUnary);
        break;
      case "Unimplemented":
        await unary(call, UnimplementedRequestSchema, async (request, options) => {
          await client.unimplemented(request, options);
          return {};
        });
        break;
      case "ServerStream": {
        await delay(asked.requestDelayMs);
        const [request] = call.requests(ServerStreamRequestSchema);
        const responses = client.serverStream(request!, call.options);
        call.afterCloseSend();
        for await (const response of responses) call.take(response);
        break;
      }
      case "ClientStream":
        call.take(await client.clientStream(call.send(ClientStreamRequestSchema), call.options));
        break;
      case "BidiStream":
        await bidiStream(call, client);
        break;
      default:
        throw new TypeError(`the service has no method ${asked.method}`);
    }
  } catch (error) {
    call.fail(error);
  }
  return call.result;
}
