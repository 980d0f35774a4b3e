import { OtlpReceiver } from "./otlp_receiver.ts";
import type { Json } from "./otlp_schema.ts";
import { setupTracing } from "../tracing.ts";

/** Runs `call` with tracing on, and answers the spans that reached the collector. */
export async function spansOf(call: () => Promise<void>): Promise<Json[]> {
  await using receiver = new OtlpReceiver();
  const tracing = await setupTracing({ otlpEndpoint: receiver.url, env: {} });
  try {
    await call();
  } finally {
    await tracing.shutdown();
  }
  return receiver.spans;
}
