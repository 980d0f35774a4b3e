import { type Entry, type Op, type Revision, StorageError, type StorageErrorCode } from "../mod.ts";
import type { Register } from "../testing/_recorder.ts";

/** What a servant is told to do: a read of a key, or a commit. */
export interface Order {
  readonly id: number;
  readonly key: string;
  /** Operations with their values as text. */
  readonly ops?: readonly (Omit<Op, "value"> & { readonly value?: string })[];
}

/** What it says when it is done. */
export interface Answer {
  readonly id: number;
  readonly found?: { readonly value: string; readonly revision: Revision } | undefined;
  readonly revision?: Revision;
  readonly failed?: StorageErrorCode;
}

const PROGRAM = new URL("./testdata/kv_servant.ts", import.meta.url).pathname;

/**
 * A process that reads and writes a Deno KV file for this one, which so knows when each call began
 * and ended.
 */
export class Servant implements Register, AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #orders: WritableStreamDefaultWriter<Uint8Array>;
  readonly #waiting = new Map<number, (answer: Answer | undefined) => void>();
  readonly #reading: Promise<void>;
  #last = 0;
  #gone = false;

  constructor(path: string) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--unstable-kv", PROGRAM, path],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#orders = this.#child.stdin.getWriter();
    this.#reading = this.#read();
  }

  async #read(): Promise<void> {
    let rest = "";
    for await (const text of this.#child.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop()!;
      for (const line of lines) {
        const answer = JSON.parse(line) as Answer;
        this.#waiting.get(answer.id)?.(answer);
        this.#waiting.delete(answer.id);
      }
    }
    this.#gone = true;
    for (const lost of this.#waiting.values()) lost(undefined);
  }

  /** Resolves to nothing if the process is gone. */
  async #order(order: Omit<Order, "id">): Promise<Answer | undefined> {
    if (this.#gone) throw new StorageError("unavailable", "Cannot ask: the process is gone");
    const id = ++this.#last;
    const answer = new Promise<Answer | undefined>((resolve) => this.#waiting.set(id, resolve));
    const line = new TextEncoder().encode(`${JSON.stringify({ id, ...order })}\n`);
    // A process that is killed may have got it all the same.
    this.#orders.write(line).catch(() => this.#waiting.get(id)?.(undefined));
    const found = await answer;
    if (found?.failed) throw new StorageError(found.failed, "Cannot do it: the process says so");
    return found;
  }

  async get(key: string): Promise<Entry | undefined> {
    const answer = await this.#order({ key });
    if (!answer) throw new StorageError("unavailable", "Cannot read: the process is gone");
    const { found } = answer;
    return found && { key, ...found, value: new TextEncoder().encode(found.value) };
  }

  async commit(ops: readonly Op[]): Promise<Revision> {
    const told = ops.map((op) =>
      op.type === "put" ? { ...op, value: new TextDecoder().decode(op.value) } : op
    );
    const answer = await this.#order({ key: ops[0]!.key, ops: told });
    if (!answer) throw new StorageError("unknown", "Cannot tell: the process is gone");
    return answer.revision!;
  }

  /** `kill -9`. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.status;
    await this.#reading;
    await this.#orders.abort().catch(() => {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#gone) {
      await this.#orders.close();
      await this.#child.status;
    }
    await this.#reading;
  }
}
