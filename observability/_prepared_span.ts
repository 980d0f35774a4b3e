import type {
  Attributes,
  AttributeValue,
  Context,
  Exception,
  HrTime,
  Link,
  Span,
  SpanContext,
  SpanKind,
  SpanOptions,
  SpanStatus,
  TimeInput,
  Tracer,
} from "@opentelemetry/api";

/** What the spans of one method have in common. For any tracer these are usual options. */
export class SpanForm implements SpanOptions {
  readonly name: string;
  readonly kind: SpanKind;
  readonly attributes: Attributes;
  /** What the span of a call that went well has besides. */
  readonly success: Attributes;

  constructor(name: string, kind: SpanKind, attributes: Attributes, success: Attributes) {
    this.name = name;
    this.kind = kind;
    this.attributes = attributes;
    this.success = success;
  }
}

/** The forms that the span of a call may have. */
export interface CallForms {
  /** The one for a call with these headers. */
  of(header: Headers): SpanForm;
}

/** A tracer that looks at a call only if it records its span. */
export interface CallTracer extends Tracer {
  startCall(forms: CallForms, header: Headers, at: Context): Span;
}

/** Whether `tracer` is one. */
export function isCallTracer(tracer: Tracer): tracer is CallTracer {
  return "startCall" in tracer;
}

/** Who has spans recorded. */
export interface SpanRecorder {
  /** The usual span in place of `span`, below what is active at `at`. */
  open(span: PreparedSpan, at: Context): Span;
  /** Takes a span that has ended well. */
  take(span: PreparedSpan): void;
  /** A usual span of a form that is none of a call: it shows what they all look like. */
  example(form: SpanForm): Span;
}

/**
 * A span of which all is known beforehand but its ids and times, as long as the call goes well
 * and nobody adds to it: most are such, and need no lists and attributes of their own. Whatever
 * is added makes the usual span, which is in its place from then on.
 */
export class PreparedSpan implements Span {
  readonly form: SpanForm;
  readonly parent: SpanContext | undefined;
  readonly recorder: SpanRecorder;
  /** When it began, since 1970. */
  readonly startMs: number = Date.now();
  /** How long it was, once it has ended. */
  durationMs = 0;
  readonly #own: SpanContext;
  readonly #began: number = performance.now();
  #at: Context | undefined;
  #usual: Span | undefined;

  constructor(
    form: SpanForm,
    own: SpanContext,
    parent: SpanContext | undefined,
    at: Context,
    recorder: SpanRecorder,
  ) {
    this.form = form;
    this.parent = parent;
    this.recorder = recorder;
    this.#own = own;
    this.#at = at;
  }

  /** Ends the span of a call that went well. */
  endWell(): void {
    if (this.#usual !== undefined) {
      this.#usual.setAttributes(this.form.success);
      return this.end();
    }
    if (this.#at === undefined) return;
    this.#at = undefined;
    this.durationMs = performance.now() - this.#began;
    this.recorder.take(this);
  }

  end(endTime?: TimeInput): void {
    this.#open()?.end(endTime ?? this.#now());
    this.#at = undefined;
  }

  spanContext(): SpanContext {
    return this.#own;
  }

  isRecording(): boolean {
    return this.#at !== undefined;
  }

  setAttribute(key: string, value: AttributeValue): this {
    this.#open()?.setAttribute(key, value);
    return this;
  }

  setAttributes(attributes: Attributes): this {
    this.#open()?.setAttributes(attributes);
    return this;
  }

  addEvent(name: string, more?: Attributes | TimeInput, time?: TimeInput): this {
    const usual = this.#open();
    if (time !== undefined || isTime(more)) usual?.addEvent(name, more, time);
    else usual?.addEvent(name, more, this.#now());
    return this;
  }

  addLink(link: Link): this {
    this.#open()?.addLink(link);
    return this;
  }

  addLinks(links: Link[]): this {
    this.#open()?.addLinks(links);
    return this;
  }

  setStatus(status: SpanStatus): this {
    this.#open()?.setStatus(status);
    return this;
  }

  updateName(name: string): this {
    this.#open()?.updateName(name);
    return this;
  }

  recordException(exception: Exception, time?: TimeInput): void {
    this.#open()?.recordException(exception, time ?? this.#now());
  }

  /** The usual span; none after the end. */
  #open(): Span | undefined {
    if (this.#at === undefined) return undefined;
    return this.#usual ??= this.recorder.open(this, this.#at);
  }

  /** By the clock that times it: what is told a start has only milliseconds of its own. */
  #now(): HrTime {
    return hrTime(this.startMs + performance.now() - this.#began);
  }
}

/** Milliseconds since 1970 as OpenTelemetry has them: seconds, and nanoseconds. */
export function hrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1_000);
  return [seconds, Math.floor((ms - seconds * 1_000) * 1e6)];
}

function isTime(value: Attributes | TimeInput | undefined): value is TimeInput {
  return typeof value === "number" || value instanceof Date || Array.isArray(value);
}
