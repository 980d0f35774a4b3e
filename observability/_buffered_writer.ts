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

/**
 * Gathers the lines of one turn of the event loop, which saves most of what
 * writing costs. A turn's lines are written when it ends, when they are many, and
 * at once when one is urgent.
 */
export class BufferedWriter {
  readonly #options: BufferedWriterOptions;
  readonly #maxLength: number;
  #text = "";
  #lines = 0;
  #waiting = false;

  constructor(options: BufferedWriterOptions) {
    this.#options = options;
    this.#maxLength = options.maxLength ?? 16_384;
  }

  write(line: string, urgent: boolean): void {
    this.#text += this.#lines++ === 0 ? line : `\n${line}`;
    if (urgent || this.#text.length >= this.#maxLength) return this.flush();
    if (this.#waiting) return;
    this.#waiting = true;
    this.#options.nextTurn(() => {
      this.#waiting = false;
      this.flush();
    });
  }

  flush(): void {
    if (this.#lines === 0) return;
    const text = this.#text;
    const lines = this.#lines;
    this.#text = "";
    this.#lines = 0;
    try {
      this.#options.write(text);
    } catch {
      this.#options.onLost(lines);
    }
  }
}
