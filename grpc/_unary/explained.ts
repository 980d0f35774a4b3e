import type {
  UniversalHandler,
  UniversalServerRequest,
  UniversalServerResponse,
} from "@connectrpc/connect/protocol";

/** Connect's handler, with a sentence where it refuses a request with no more than a status. */
export function explained(handler: UniversalHandler): UniversalHandler {
  const explaining = async (request: UniversalServerRequest) => {
    const response = await handler(request);
    const why = response.body === undefined ? reasonFor(handler, request, response) : undefined;
    if (why === undefined) return response;
    const header = new Headers(response.header);
    // Not JSON: a caller of another protocol would take it for an error of Connect's.
    header.set("content-type", "text/plain; charset=utf-8");
    return { ...response, header, body: one(new TextEncoder().encode(why)) };
  };
  return Object.assign(explaining, { ...handler });
}

function reasonFor(
  { method, allowedMethods }: UniversalHandler,
  { method: asked, header }: UniversalServerRequest,
  { status }: UniversalServerResponse,
): string | undefined {
  // An answer to HEAD has no body.
  if (asked === "HEAD") return undefined;
  if (status === 405) {
    return `${method.name} is called with ${allowedMethods.join(" or ")}, not with ${asked}`;
  }
  if (status !== 415) return undefined;
  const connect = method.methodKind === "unary" ? "application/" : "application/connect+";
  const type = header.get("content-type") ?? "";
  return `${method.name} takes the content types ${connect}json, ${connect}proto, ` +
    `application/grpc and application/grpc-web, not "${type.slice(0, 100)}"`;
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  yield bytes as Uint8Array<ArrayBuffer>;
}
