import { decodeOtlp, type Json } from "./otlp_schema.ts";

/** How the receiver answers. */
export type Mode =
  | "ok"
  /** 503, with `retryAfter` as the header says. */
  | "unavailable"
  /** 400, which is final. */
  | "refuse"
  /** 500, which is final too. */
  | "broken"
  /** 200, but one record of the request was refused. */
  | "partial"
  /** No answer, ever. */
  | "silent";

/** One request that came. */
export interface Received {
  readonly signal: string;
  readonly headers: Headers;
  readonly body: Json;
}

/** A collector for tests, on real HTTP, that reads what it gets with protobuf's own reader. */
export class OtlpReceiver implements AsyncDisposable {
  mode: Mode = "ok";
  retryAfter: string | undefined;
  /** Requests that were taken. */
  readonly received: Received[] = [];
  /** Every request, taken or not. */
  requests = 0;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #release = new AbortController();
  #changed: () => void = () => {};

  constructor() {
    const options = { hostname: "127.0.0.1", port: 0, onListen() {} };
    this.#server = Deno.serve(options, (request) => this.#answer(request));
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  async #answer(request: Request): Promise<Response> {
    const bytes = await body(request);
    this.requests++;
    const { mode } = this;
    if (mode === "silent") {
      this.#changed();
      await new Promise<void>((resolve) => {
        this.#release.signal.addEventListener("abort", () => resolve());
      });
      return new Response(null, { status: 500 });
    }
    const status = { unavailable: 503, refuse: 400, broken: 500 }[mode as string];
    if (status !== undefined) {
      this.#changed();
      const headers: HeadersInit = this.retryAfter ? { "retry-after": this.retryAfter } : {};
      return new Response("no", { status, headers });
    }
    const signal = new URL(request.url).pathname.replace("/v1/", "");
    this.received.push({ signal, headers: request.headers, body: decodeOtlp(signal, bytes) });
    this.#changed();
    // partial_success { rejected: 1, error_message: "no" }
    const answer = mode === "partial" ? [10, 6, 8, 1, 18, 2, 110, 111] : [];
    const headers = { "content-type": "application/x-protobuf" };
    return new Response(new Uint8Array(answer), { headers });
  }

  /** Ends when `condition` holds after a request. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#changed = resolve);
  }

  /** All spans that were taken, with the attributes of their resource. */
  get spans(): Json[] {
    return this.#records("traces", "resourceSpans", "scopeSpans", "spans");
  }

  /** All log records that were taken, with the attributes of their resource. */
  get logs(): Json[] {
    return this.#records("logs", "resourceLogs", "scopeLogs", "logRecords");
  }

  /** All metrics that were taken, with the attributes of their resource. */
  get metrics(): Json[] {
    return this.#records("metrics", "resourceMetrics", "scopeMetrics", "metrics");
  }

  #records(signal: string, perResource: string, perScope: string, records: string): Json[] {
    return this.received.filter((request) => request.signal === signal).flatMap(({ body }) =>
      body[perResource].flatMap((group: Json) =>
        group[perScope].flatMap((scoped: Json) =>
          scoped[records].map((record: Json) => ({
            ...record,
            scope: scoped.scope?.name,
            resource: group.resource.attributes,
          }))
        )
      )
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#release.abort();
    await this.#server.shutdown();
  }
}

async function body(request: Request): Promise<Uint8Array> {
  const stream = request.headers.get("content-encoding") === "gzip"
    ? request.body!.pipeThrough(new DecompressionStream("gzip"))
    : request.body!;
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** An address where nobody listens. */
export function nobody(): string {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  listener.close();
  return `http://127.0.0.1:${listener.addr.port}`;
}
