// A database that speaks the protocol of remote Deno KV (KV Connect), in memory, for tests.
import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

const TOKEN = "the token";
const SET = 1;
const SUCCESS = 1;
const CHECK_FAILED = 2;

interface Stored {
  readonly value: Uint8Array;
  readonly encoding: number;
  readonly version: Uint8Array;
}

const hex = (bytes: Uint8Array) =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const unhex = (text: string) =>
  Uint8Array.from(text.match(/../g) ?? [], (digits) => parseInt(digits, 16));

/** The fields of a message: bytes of those that have a length, numbers of the others. */
function fields(bytes: Uint8Array): [number, Uint8Array | number][] {
  const reader = new BinaryReader(bytes);
  const found: [number, Uint8Array | number][] = [];
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    found.push([
      field,
      type === WireType.LengthDelimited ? reader.bytes() : Number(reader.int64()),
    ]);
  }
  return found;
}
const all = (message: Uint8Array, field: number) =>
  fields(message).filter(([found]) => found === field).map(([, value]) => value as Uint8Array);
const bytesOf = (message: Uint8Array, field: number) => all(message, field)[0] ?? new Uint8Array();
const numberOf = (message: Uint8Array, field: number) =>
  Number(fields(message).find(([found]) => found === field)?.[1] ?? 0);

/** A remote database. */
export class KvConnect implements AsyncDisposable {
  readonly #entries = new Map<string, Stored>();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #held: (() => void)[] = [];
  #version = 0;
  /** The paths that were asked for. */
  readonly calls: string[] = [];
  /** How many further writes are applied without an answer to tell so. */
  swallow = 0;
  /** Nothing is answered any more. */
  silent = false;

  constructor() {
    const options = { hostname: "127.0.0.1", port: 0, onListen() {} };
    this.#server = Deno.serve(options, (request) => this.#answer(request));
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    this.calls.push(pathname);
    const body = new Uint8Array(await request.arrayBuffer());
    if (this.silent) await new Promise<void>((resolve) => this.#held.push(resolve));
    const authorized = request.headers.get("authorization") === `Bearer ${TOKEN}`;
    if (!authorized) return new Response("the token is wrong", { status: 401 });
    if (pathname === "/") {
      return Response.json({
        version: 3,
        databaseId: "00000000-0000-4000-8000-000000000000",
        endpoints: [{ url: `${this.url}/data`, consistency: "strong" }],
        token: TOKEN,
        expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
      });
    }
    const done = pathname.endsWith("/atomic_write") ? this.#write(body) : this.#read(body);
    if (pathname.endsWith("/atomic_write") && this.swallow > 0) {
      this.swallow--;
      return new Response("try again", { status: 503 });
    }
    return new Response(done as Uint8Array<ArrayBuffer>, {
      headers: { "content-type": "application/x-protobuf" },
    });
  }

  #read(request: Uint8Array): Uint8Array {
    const output = new BinaryWriter();
    for (const range of all(request, 1)) {
      const [start, end] = [hex(bytesOf(range, 1)), hex(bytesOf(range, 2))];
      const keys = [...this.#entries.keys()].filter((key) => key >= start && key < end).sort();
      output.tag(1, WireType.LengthDelimited).fork();
      for (const key of keys.slice(0, numberOf(range, 3))) {
        const { value, encoding, version } = this.#entries.get(key)!;
        output.tag(1, WireType.LengthDelimited).fork();
        output.tag(1, WireType.LengthDelimited).bytes(unhex(key));
        output.tag(2, WireType.LengthDelimited).bytes(value);
        output.tag(3, WireType.Varint).int32(encoding);
        output.tag(4, WireType.LengthDelimited).bytes(version);
        output.join();
      }
      output.join();
    }
    output.tag(4, WireType.Varint).bool(true);
    output.tag(8, WireType.Varint).int32(SUCCESS);
    return output.finish();
  }

  #write(request: Uint8Array): Uint8Array {
    const output = new BinaryWriter();
    const holds = all(request, 1).every((check) => {
      const found = this.#entries.get(hex(bytesOf(check, 1)));
      return hex(bytesOf(check, 2)) === (found ? hex(found.version) : "");
    });
    if (!holds) {
      output.tag(1, WireType.Varint).int32(CHECK_FAILED);
      return output.finish();
    }
    const version = unhex((++this.#version).toString(16).padStart(20, "0"));
    for (const mutation of all(request, 2)) {
      const key = hex(bytesOf(mutation, 1));
      if (numberOf(mutation, 3) === SET) {
        const value = bytesOf(mutation, 2);
        const stored = { value: bytesOf(value, 1), encoding: numberOf(value, 2), version };
        this.#entries.set(key, stored);
      } else this.#entries.delete(key);
    }
    output.tag(1, WireType.Varint).int32(SUCCESS);
    output.tag(2, WireType.LengthDelimited).bytes(version);
    return output.finish();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.silent = false;
    for (const go of this.#held) go();
    await this.#server.shutdown();
  }
}
