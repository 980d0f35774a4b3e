/** The service that the conformance suite calls on a server under test. */
import {
  create,
  type DescMessage,
  type MessageInitShape,
  type MessageShape,
} from "@bufbuild/protobuf";
import { type Any, anyPack } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import { type CallContext, registerService, type ServiceRegistration } from "../../grpc/mod.ts";
import { addHeaders, delay, fromHeaders, toConnectError } from "./_metadata.ts";
import {
  BidiStreamRequestSchema,
  ClientStreamRequestSchema,
  ConformancePayload_RequestInfoSchema as RequestInfoSchema,
  type ConformancePayloadSchema,
  ConformanceService,
  IdempotentUnaryRequestSchema,
  ServerStreamRequestSchema,
  type StreamResponseDefinition,
  UnaryRequestSchema,
  type UnaryResponseDefinition,
} from "./gen/connectrpc/conformance/v1/service_pb.ts";

type RequestInfo = MessageShape<typeof RequestInfoSchema>;
type Payload = MessageInitShape<typeof ConformancePayloadSchema>;

/** What the caller sent, as it arrived. */
function requestInfo(context: CallContext, requests: Any[]): RequestInfo {
  const timeoutMs = context.timeoutMs();
  const query = context.url.split("?")[1];
  return create(RequestInfoSchema, {
    requestHeaders: fromHeaders(context.requestHeader),
    timeoutMs: timeoutMs === undefined ? undefined : BigInt(Math.round(timeoutMs)),
    requests,
    connectGetInfo: query === undefined ? undefined : {
      queryParams: [...new URLSearchParams(query)].map(([name, value]) => ({
        name,
        value: [value],
      })),
    },
  });
}

/** Sets the headers and trailers that the definition asks for. */
function setMetadata(
  context: CallContext,
  definition: UnaryResponseDefinition | StreamResponseDefinition | undefined,
): void {
  addHeaders(context.responseHeader, definition?.responseHeaders ?? []);
  addHeaders(context.responseTrailer, definition?.responseTrailers ?? []);
}

async function answerOne(
  definition: UnaryResponseDefinition | undefined,
  context: CallContext,
  requests: Any[],
): Promise<{ payload: Payload }> {
  const info = requestInfo(context, requests);
  setMetadata(context, definition);
  await delay(definition?.responseDelayMs ?? 0);
  const response = definition?.response;
  if (response?.case === "error") {
    const error = response.value;
    error.details.push(anyPack(RequestInfoSchema, info));
    throw toConnectError(error);
  }
  return { payload: { data: response?.value, requestInfo: info } };
}

/** The error that ends a stream, which tells of the requests if nothing was sent before it. */
function endOf(
  definition: StreamResponseDefinition | undefined,
  sent: number,
  info: () => RequestInfo,
): ConnectError | undefined {
  const error = definition?.error;
  if (error === undefined) return undefined;
  if (sent === 0) error.details.push(anyPack(RequestInfoSchema, info()));
  return toConnectError(error);
}

const pack = <S extends DescMessage>(schema: S, message: MessageShape<S>) =>
  anyPack(schema, message);

/** The service, registered. */
export function conformanceService(): ServiceRegistration {
  return registerService(ConformanceService, {
    unary: (request, context) =>
      answerOne(request.responseDefinition, context, [pack(UnaryRequestSchema, request)]),
    idempotentUnary: (request, context) =>
      answerOne(request.responseDefinition, context, [
        pack(IdempotentUnaryRequestSchema, request),
      ]),
    unimplemented() {
      throw new ConnectError("this method is not implemented", Code.Unimplemented);
    },
    async clientStream(requests, context) {
      let definition: UnaryResponseDefinition | undefined;
      const received: Any[] = [];
      for await (const request of requests) {
        if (received.length === 0) definition = request.responseDefinition;
        received.push(pack(ClientStreamRequestSchema, request));
      }
      return await answerOne(definition, context, received);
    },
    async *serverStream(request, context) {
      const { responseDefinition: definition } = request;
      const info = requestInfo(context, [pack(ServerStreamRequestSchema, request)]);
      setMetadata(context, definition);
      let sent = 0;
      for (const data of definition?.responseData ?? []) {
        await delay(definition!.responseDelayMs);
        yield { payload: { data, requestInfo: sent === 0 ? info : undefined } };
        sent++;
      }
      const end = endOf(definition, sent, () => info);
      if (end !== undefined) throw end;
    },
    async *bidiStream(requests, context) {
      let definition: StreamResponseDefinition | undefined;
      let fullDuplex = false;
      let first = true;
      let sent = 0;
      let unanswered: Any[] = [];
      const next = (): Payload => {
        // All that came since the last response; half-duplex, that is all there is, once.
        const info = fullDuplex || sent === 0 ? requestInfo(context, unanswered) : undefined;
        if (fullDuplex && sent > 0) info!.requestHeaders = [], info!.timeoutMs = undefined;
        unanswered = [];
        return { data: definition!.responseData[sent++], requestInfo: info };
      };
      for await (const request of requests) {
        if (first) {
          first = false;
          definition = request.responseDefinition;
          fullDuplex = request.fullDuplex;
          setMetadata(context, definition);
        }
        unanswered.push(pack(BidiStreamRequestSchema, request));
        if (!fullDuplex) continue;
        if (sent >= (definition?.responseData.length ?? 0)) break;
        await delay(definition!.responseDelayMs);
        yield { payload: next() };
      }
      // Half-duplex: all of them; full-duplex: those for which no request came.
      const all = definition?.responseData.length ?? 0;
      fullDuplex &&= sent === 0;
      while (sent < all) {
        await delay(definition!.responseDelayMs);
        yield { payload: next() };
      }
      const end = endOf(definition, sent, () => requestInfo(context, unanswered));
      if (end !== undefined) throw end;
    },
  });
}
