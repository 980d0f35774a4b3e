import type { Interceptor, Transport } from "@connectrpc/connect";
import { createContextValues } from "@connectrpc/connect";
import { createMethodUrl, runStreamingCall, runUnaryCall } from "@connectrpc/connect/protocol";

/**
 * A transport with interceptors around it, the first one outermost. Each time an
 * interceptor goes on, the time that is left is counted anew.
 */
export function intercepted(
  inner: Transport,
  origin: string,
  interceptors: readonly Interceptor[],
): Transport {
  if (interceptors.length === 0) return inner;
  const chain = [...interceptors];
  const left = (timeoutMs: number | undefined) => {
    if (!timeoutMs) return () => timeoutMs;
    const deadline = Date.now() + timeoutMs;
    return () => Math.max(1, deadline - Date.now());
  };
  return {
    async unary(method, signal, timeoutMs, header, input, contextValues) {
      const timeLeft = left(timeoutMs);
      return await runUnaryCall({
        interceptors: chain,
        signal,
        timeoutMs: timeoutMs || undefined,
        req: {
          stream: false,
          service: method.parent,
          method,
          requestMethod: "POST",
          url: `${origin}${createMethodUrl("/", method)}`,
          header: new Headers(header),
          contextValues: contextValues ?? createContextValues(),
          message: input,
        },
        next: async ({ message, signal, header, contextValues }) =>
          await inner.unary(method, signal, timeLeft(), header, message, contextValues),
      });
    },
    async stream(method, signal, timeoutMs, header, input, contextValues) {
      const timeLeft = left(timeoutMs);
      return await runStreamingCall({
        interceptors: chain,
        signal,
        timeoutMs: timeoutMs || undefined,
        req: {
          stream: true,
          service: method.parent,
          method,
          requestMethod: "POST",
          url: `${origin}${createMethodUrl("/", method)}`,
          header: new Headers(header),
          contextValues: contextValues ?? createContextValues(),
          message: input,
        },
        next: async ({ message, signal, header, contextValues }) =>
          await inner.stream(method, signal, timeLeft(), header, message, contextValues),
      });
    },
  };
}
