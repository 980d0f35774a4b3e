import type { DescService } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import { ServerReflection } from "../gen/grpc/reflection/v1/reflection_pb.ts";
import type {
  ServerReflectionRequest,
  ServerReflectionResponse,
} from "../gen/grpc/reflection/v1/reflection_pb.ts";
import { ServerReflection as ServerReflectionAlpha } from "../gen/grpc/reflection/v1alpha/reflection_pb.ts";
import { registerService, type ServiceRegistration } from "../registration.ts";
import { createDescriptors, type Descriptors, encodeFiles } from "./descriptors.ts";

type Answer = { [K in keyof ServerReflectionResponse["messageResponse"]]: unknown };

/** `grpc.reflection.v1` and its `v1alpha` twin, over the services that `served` names. */
export function reflectionServices(served: () => readonly DescService[]): ServiceRegistration[] {
  let descriptors: Descriptors | undefined;

  async function* serverReflectionInfo(
    requests: AsyncIterable<Pick<ServerReflectionRequest, "host" | "messageRequest">>,
  ) {
    // Made with the first question: most servers are never asked.
    descriptors ??= createDescriptors(served());
    const sent = new Set<string>();
    for await (const request of requests) {
      yield {
        validHost: request.host,
        originalRequest: request,
        messageResponse: answer(request.messageRequest, descriptors, sent),
      };
    }
  }
  const handler = { serverReflectionInfo } as never;
  return [
    registerService(ServerReflection, handler),
    registerService(ServerReflectionAlpha, handler),
  ];
}

function answer(
  request: ServerReflectionRequest["messageRequest"],
  descriptors: Descriptors,
  sent: Set<string>,
): Answer {
  switch (request.case) {
    case "listServices": {
      const service = descriptors.serviceNames.map((name) => ({ name }));
      return { case: "listServicesResponse", value: { service } };
    }
    case "fileByFilename":
      return fileAnswer(descriptors.byFilename(request.value), request.value, sent);
    case "fileContainingSymbol":
      return fileAnswer(descriptors.bySymbol(request.value), request.value, sent);
    case "fileContainingExtension": {
      const { containingType, extensionNumber } = request.value;
      const file = descriptors.byExtension(containingType, extensionNumber);
      return fileAnswer(file, `extension ${extensionNumber} of ${containingType}`, sent);
    }
    case "allExtensionNumbersOfType": {
      const extensionNumber = descriptors.extensionNumbers(request.value);
      if (extensionNumber === undefined) return notFound(request.value);
      return {
        case: "allExtensionNumbersResponse",
        value: { baseTypeName: request.value, extensionNumber },
      };
    }
    default: {
      const errorMessage = "the request asks for nothing";
      return {
        case: "errorResponse",
        value: { errorCode: Code.InvalidArgument, errorMessage },
      };
    }
  }
}

function fileAnswer(
  file: ReturnType<Descriptors["byFilename"]>,
  what: string,
  sent: Set<string>,
): Answer {
  if (file === undefined) return notFound(what);
  return {
    case: "fileDescriptorResponse",
    value: { fileDescriptorProto: encodeFiles(file, sent) },
  };
}

function notFound(what: string): Answer {
  const errorMessage = `this server knows no ${what}`;
  return { case: "errorResponse", value: { errorCode: Code.NotFound, errorMessage } };
}
