/** Reading files for a watch: what was read is remembered, to see whether it changed. */
import type { FileReader } from "./schema.ts";

export interface FileSystem {
  readonly readFile: FileReader;
  readonly listFiles: (path: string) => Promise<readonly string[] | undefined>;
}

/** A file system that remembers every answer, failures included. */
export class Recorder implements FileSystem {
  readonly #files: FileSystem;
  readonly #answers = new Map<string, { readonly answer: string; ask(): Promise<unknown> }>();

  constructor(files: FileSystem) {
    this.#files = files;
  }

  readonly readFile: FileReader = (path) =>
    this.#record(`file ${path}`, () => this.#files.readFile(path));

  readonly listFiles = (path: string): Promise<readonly string[] | undefined> =>
    this.#record(`folder ${path}`, () => this.#files.listFiles(path));

  async #record<T>(key: string, ask: () => Promise<T>): Promise<T> {
    try {
      const value = await ask();
      this.#answers.set(key, { answer: said(value), ask });
      return value;
    } catch (error) {
      this.#answers.set(key, { answer: failed(error), ask });
      throw error;
    }
  }

  /** What the same questions are answered with now. */
  async now(): Promise<string> {
    const answers = await Promise.all(
      [...this.#answers.values()].map(({ ask }) => ask().then(said, failed)),
    );
    return JSON.stringify(answers);
  }

  /** What they were answered with. */
  recorded(): string {
    return JSON.stringify([...this.#answers.values()].map(({ answer }) => answer));
  }
}

function said(value: unknown): string {
  return value === undefined ? "absent" : `is ${JSON.stringify(value)}`;
}

function failed(error: unknown): string {
  return `failed ${error instanceof Error ? error.message : String(error)}`;
}
