import { type Context, ROOT_CONTEXT, type Span, trace } from "@opentelemetry/api";

/** Under which key the API keeps the active span: it tells whoever plays a context. */
const SPAN_KEY: symbol = (() => {
  let known: symbol | undefined;
  const listening: Context = {
    getValue: () => undefined,
    setValue(key) {
      known = key;
      return listening;
    },
    deleteValue: () => listening,
  };
  trace.setSpan(listening, trace.wrapSpanContext({ traceId: "", spanId: "", traceFlags: 0 }));
  return known!;
})();

/**
 * `parent` with `span` as the active one. What `trace.setSpan` makes copies a Map for each
 * call; this holds two references, and becomes the usual thing once more is set.
 */
export class SpanScope implements Context {
  readonly #parent: Context;
  readonly #span: Span;

  constructor(parent: Context, span: Span) {
    this.#parent = parent;
    this.#span = span;
  }

  getValue(key: symbol): unknown {
    if (key === SPAN_KEY) return this.#span;
    return this.#parent === ROOT_CONTEXT ? undefined : this.#parent.getValue(key);
  }

  setValue(key: symbol, value: unknown): Context {
    return trace.setSpan(this.#parent, this.#span).setValue(key, value);
  }

  deleteValue(key: symbol): Context {
    return trace.setSpan(this.#parent, this.#span).deleteValue(key);
  }
}
