/** A TCP proxy that can cut connections and keep answers back. */
export class Proxy implements AsyncDisposable {
  readonly #listener: Deno.TcpListener;
  readonly #target: number;
  readonly #connections = new Set<Deno.Conn>();
  readonly #running: Promise<void>;
  /** Bytes that the target sent since {@linkcode cutAfter} was set, or ever. */
  received = 0;
  /** How many connections were made. */
  accepted = 0;
  /** Cuts all connections after so many more bytes from the target. */
  cutAfter = Infinity;
  /** Nothing of what the target answers goes through. */
  swallow = false;

  constructor(targetUrl: string) {
    this.#target = Number(new URL(targetUrl).port);
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.#running = this.#accept();
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#listener.addr as Deno.NetAddr).port}`;
  }

  async #accept(): Promise<void> {
    const pipes: Promise<void>[] = [];
    try {
      for await (const client of this.#listener) {
        this.accepted++;
        const server = await Deno.connect({ hostname: "127.0.0.1", port: this.#target })
          .catch(() => undefined);
        if (!server) {
          client.close();
          continue;
        }
        this.#connections.add(client).add(server);
        pipes.push(this.#pipe(client, server, false), this.#pipe(server, client, true));
      }
    } catch {
      // The listener was closed.
    }
    await Promise.all(pipes);
  }

  async #pipe(from: Deno.Conn, to: Deno.Conn, answer: boolean): Promise<void> {
    const buffer = new Uint8Array(16 * 1024);
    try {
      for (;;) {
        const count = await from.read(buffer);
        if (count === null) break;
        if (answer && this.swallow) continue;
        if (answer) {
          this.received += count;
          this.cutAfter -= count;
          if (this.cutAfter <= 0) {
            this.cutAfter = Infinity;
            this.cut();
            break;
          }
        }
        for (let at = 0; at < count;) at += await to.write(buffer.subarray(at, count));
      }
    } catch {
      // One of them has gone.
    }
    for (const end of [from, to]) this.#close(end);
  }

  #close(connection: Deno.Conn): void {
    if (!this.#connections.delete(connection)) return;
    try {
      connection.close();
    } catch {
      // It closed itself.
    }
  }

  /** Cuts all connections. */
  cut(): void {
    for (const connection of this.#connections) this.#close(connection);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    this.cut();
    await this.#running;
  }
}
