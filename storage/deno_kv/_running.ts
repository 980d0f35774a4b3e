/** The work that disposal has to wait for. A count, as a read must cost next to nothing. */
export class Running {
  #count = 0;
  #wake: (() => void) | undefined;

  begin(): void {
    this.#count++;
  }

  end(): void {
    if (--this.#count === 0) this.#wake?.();
  }

  /** Counts a promise for as long as it is open. */
  keep<T>(work: Promise<T>): Promise<T> {
    const end = () => this.end();
    this.begin();
    work.then(end, end);
    return work;
  }

  /** Waits until nothing runs; for whoever sees to it that nothing begins. */
  async idle(): Promise<void> {
    if (this.#count > 0) await new Promise<void>((resolve) => this.#wake = resolve);
  }
}
