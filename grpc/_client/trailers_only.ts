import type { Interceptor } from "@connectrpc/connect";

/**
 * gRPC-Web's answers that are nothing but trailers carry them as headers. Connect's transport
 * reads the status there and leaves the rest among the headers.
 */
export const trailersOnly: Interceptor = (next) => async (request) => {
  const response = await next(request);
  if (!response.header.has("grpc-status")) return response;
  const trailer = new Headers(response.header);
  for (const name of ["grpc-status", "grpc-message", "content-type"]) trailer.delete(name);
  return { ...response, trailer };
};
