import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import type { Interceptor } from "@connectrpc/connect";
import { validate, ValidationError } from "@oprc/models";
import { toConnectError } from "./status.ts";

/**
 * An interceptor that holds request messages against the rules of
 * @oprc/models before they reach the handler. What breaks them is answered
 * `InvalidArgument` with every issue in a `google.rpc.BadRequest`, which
 * {@linkcode validationIssuesOf} reads back.
 *
 * On a client it refuses the same way before anything is sent.
 *
 * @example
 * ```ts
 * import { inProcess, RuntimeClient, runtimeService, validation, validationIssuesOf } from "@oprc/grpc";
 * import { assertEquals } from "@std/assert";
 *
 * const transport = inProcess([runtimeService({
 *   getRuntimeState: () => Promise.resolve({}),
 *   updateRuntimeState: () => Promise.resolve({}),
 *   listActiveInstances: () => Promise.resolve({}),
 * })], { interceptors: [validation()] });
 * await using client = RuntimeClient.over(transport);
 *
 * const error = await client.updateRuntimeState({ instanceId: "" }).catch((error) => error);
 * assertEquals(validationIssuesOf(error)[0]?.path, "runtime_state.instance_id");
 * ```
 */
export function validation(): Interceptor {
  return (next) => async (request) => {
    const { input } = request.method;
    if (!request.stream) {
      refuseInvalid(input, request.message);
      return await next(request);
    }
    return await next({ ...request, message: checked(input, request.message) });
  };
}

async function* checked<T extends DescMessage>(
  schema: T,
  messages: AsyncIterable<MessageShape<T>>,
): AsyncIterable<MessageShape<T>> {
  for await (const message of messages) {
    refuseInvalid(schema, message);
    yield message;
  }
}

function refuseInvalid<T extends DescMessage>(schema: T, message: MessageShape<T>): void {
  const issues = validate(schema, message);
  if (issues.length > 0) throw toConnectError(new ValidationError(schema.typeName, issues));
}
