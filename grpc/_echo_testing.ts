/** The service of `_echoes_testing.ts`, answered; for tests, not published. */
import type { MessageInitShape } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { type Echo, Echoes } from "./_echoes_testing.ts";
import { BadRequestSchema } from "./gen/google/rpc/error_details_pb.ts";
import { type CallContext, registerService, type ServiceRegistration } from "./mod.ts";

export { type Echo, Echoes } from "./_echoes_testing.ts";

type EchoInit = { text?: string; count?: number };

/** What the service does is said by the text of the message. */
async function say({ text, count }: Echo, context: CallContext): Promise<EchoInit> {
  const [verb, argument = ""] = text.split(":", 2);
  if (verb === "fail") {
    const violation = { field: "text", description: "says fail", reason: "Test" };
    const detail = { fieldViolations: [violation] };
    throw new ConnectError(
      "naïve 100%: a/b",
      Number(argument) as Code,
      { "x-error": "1", "x-error-bin": "AQID" },
      [{ desc: BadRequestSchema, value: detail as MessageInitShape<typeof BadRequestSchema> }],
    );
  }
  if (verb === "throw") throw argument;
  if (verb === "hang") await new Promise(() => {});
  if (verb === "large") return { text: "a".repeat(Number(argument)) };
  if (verb === "wait") {
    await new Promise((_, reject) => {
      const give = () => reject(context.signal.reason);
      if (context.signal.aborted) give();
      else context.signal.addEventListener("abort", give, { once: true });
    });
  }
  if (verb === "headers" || verb === "headersfail") {
    for (const name of ["x-in", "x-in-bin"]) {
      context.responseHeader.set(name, context.requestHeader.get(name) ?? "none");
      context.responseTrailer.set(`${name}-t`, context.requestHeader.get(name) ?? "none");
    }
    if (verb === "headersfail") throw new ConnectError("with headers", Code.Aborted);
  }
  if (verb === "context") {
    const { method, service, protocolName, requestMethod } = context as CallContext & {
      requestMethod: string;
    };
    const left = context.timeoutMs();
    const deadline = left !== undefined && left > 50_000 && left <= 60_000;
    return {
      text: [method.name, service.typeName, protocolName, requestMethod, deadline].join(" "),
    };
  }
  return { text, count };
}

/** The service, ready to be served. */
export function echoService(): ServiceRegistration {
  return registerService(Echoes, {
    say,
    read: say,
    async *expand(request: Echo, context: CallContext): AsyncGenerator<EchoInit> {
      for (let count = 0; count < request.count; count++) {
        yield { text: request.text === "large" ? "a".repeat(100_000) : "part", count };
      }
      yield await say(request, context);
    },
    async join(requests: AsyncIterable<Echo>, context: CallContext): Promise<EchoInit> {
      let count = 0;
      let text = "";
      for await (const request of requests) {
        text = request.text;
        count += request.count;
      }
      return await say({ text, count } as Echo, context);
    },
    async *chat(requests: AsyncIterable<Echo>, context: CallContext): AsyncGenerator<EchoInit> {
      for await (const request of requests) yield await say(request, context);
    },
  } as never);
}
