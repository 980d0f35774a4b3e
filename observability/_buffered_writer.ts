/** A line, or what makes it when it is written. */
export type Line = string | (() => string);

/** What a buffered writer needs. */
export interface BufferedWriterOptions {
  /** Writes lines, without the last line break, before it returns; throws if it can't. */
  readonly write: (lines: string) => void;
  /** Calls back in the next turn of the event loop. */
  readonly nextTurn: (callback: () => void) => void;
  /** Told how many lines were lost. */
  readonly onLost: (lines: number) => void;
  /** @default 16384 */
  readonly maxLength?: number;
}

/** Of a line that is not made yet. */
const SUPPOSED_LENGTH = 256;

/**
 * Gathers the lines of one turn of the event loop, which saves most of what
 * writing costs. A turn's lines are written when it ends, when they are many, and
 * at once when one is urgent. Lines that can be made then are made one after the other, which
 * costs less than to make each amid the work that it tells of, with nothing of it in the
 * processor's caches.
 */
export class BufferedWriter {
  readonly #options: BufferedWriterOptions;
  readonly #maxLength: number;
  #lines: Line[] = [];
  #length = 0;
  #waiting = false;

  constructor(options: BufferedWriterOptions) {
    this.#options = options;
    this.#maxLength = options.maxLength ?? 16_384;
  }

  write(line: Line, urgent: boolean): void {
    this.#lines.push(line);
    this.#length += typeof line === "string" ? line.length + 1 : SUPPOSED_LENGTH;
    if (urgent || this.#length >= this.#maxLength) return this.flush();
    if (this.#waiting) return;
    this.#waiting = true;
    this.#options.nextTurn(() => {
      this.#waiting = false;
      this.flush();
    });
  }

  flush(): void {
    const lines = this.#lines;
    const count = lines.length;
    if (count === 0) return;
    // First, so that what fails now is lost once, and not tried again with each later line.
    this.#lines = [];
    this.#length = 0;
    try {
      let text = made(lines[0]!);
      for (let i = 1; i < count; i++) text += `\n${made(lines[i]!)}`;
      this.#options.write(text);
    } catch {
      this.#options.onLost(count);
    }
  }
}

function made(line: Line): string {
  return typeof line === "string" ? line : line();
}
