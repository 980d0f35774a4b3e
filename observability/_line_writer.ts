/** What a line writer needs of the system. */
export interface LineWriterOptions {
  /** Writes some of `bytes`, from `offset` on, and says how many. */
  readonly write: (bytes: Uint8Array, offset: number) => number;
  /** Blocks for a moment. */
  readonly wait: () => void;
  /** How many moments a full pipe is waited for. */
  readonly tries: number;
}

const encoder = new TextEncoder();
/** Where texts become bytes: memory of its own for each is what a collection has to find. */
const room = new Uint8Array(65_536);
/** A UTF-16 unit becomes so many bytes at most. */
const MAX_BYTES = 3;

/** `text` as bytes, which hold until the next call. */
function bytesOf(text: string): Uint8Array {
  if (text.length * MAX_BYTES > room.length) return encoder.encode(text);
  return room.subarray(0, encoder.encodeInto(text, room).written);
}

/** Writes lines whole, to what may take them in parts, or not at once. */
export class LineWriter {
  readonly #options: LineWriterOptions;
  /** Whether a part of a line stands at the end of what has been written. */
  #torn = false;
  /** Whether nobody seems to read any more. */
  #stuck = false;

  constructor(options: LineWriterOptions) {
    this.#options = options;
  }

  /**
   * Writes `line` before it returns. If the pipe is full it waits; when it has
   * waited in vain it throws, then and for each further line without a wait, until
   * the pipe takes something again.
   */
  write(line: string): void {
    const bytes = bytesOf(`${this.#torn ? "\n" : ""}${line}\n`);
    const { write, wait, tries } = this.#options;
    let written = 0;
    let waited = 0;
    while (written < bytes.length) {
      try {
        written += write(bytes, written);
        waited = 0;
        this.#stuck = false;
      } catch (error) {
        const full = (error as { code?: string }).code === "EAGAIN";
        this.#stuck ||= full && waited >= tries;
        if (this.#stuck || !full) {
          this.#torn ||= written > 0;
          throw error;
        }
        wait();
        waited++;
      }
    }
    this.#torn = false;
  }
}
