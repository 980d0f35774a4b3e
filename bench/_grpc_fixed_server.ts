/**
 * A server for `grpc_bench.ts` to measure clients by: it answers each call with the same
 * bytes, and knows no more of HTTP/2 than where frames end. Prints its port, and ends when
 * its standard input does.
 *
 * With a real server the time of a call is that of both sides: a client with 50 calls under
 * way sends them in one packet, waits for 50 answers in one packet, and the two processes
 * work in turn. The server's part is the same for all clients, and so brings their ratio nearer
 * to 1 the dearer the server is. This one takes some 3 µs a call.
 */
import { Buffer } from "node:buffer";
import { createServer, type Socket } from "node:net";
import process from "node:process";
import { create, toBinary } from "@bufbuild/protobuf";
import { GetRuntimeStateResponseSchema } from "@oprc/proto/runtime";

/** Types and flags of frames. */
const DATA = 0, HEADERS = 1, SETTINGS = 4, PING = 6, WINDOW_UPDATE = 8;
const ACK = 1, END_STREAM = 1, END_HEADERS = 4;

const PREFACE_BYTES = 24;
const HEAD_BYTES = 9;
/** Where a frame has the id of its stream. */
const ID_AT = 5;

function frame(type: number, flags: number, payload: Uint8Array = new Uint8Array()): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  return Buffer.concat([head, payload]);
}

/** A text as HPACK has it, without Huffman's code. */
const text = (value: string) => Buffer.from([value.length, ...Buffer.from(value)]);
const message = toBinary(
  GetRuntimeStateResponseSchema,
  create(GetRuntimeStateResponseSchema, {
    runtimeState: { instanceId: "i-1", status: "RUNNING" },
  }),
);
const answer = [
  // `:status: 200` by its number, and a value for the name `content-type` by its number.
  frame(HEADERS, END_HEADERS, Buffer.from([0x88, 0x0f, 0x10, ...text("application/grpc+proto")])),
  frame(DATA, 0, Buffer.from([0, 0, 0, 0, message.length, ...message])),
  frame(HEADERS, END_HEADERS | END_STREAM, Buffer.from([0, ...text("grpc-status"), ...text("0")])),
];
const whole = Buffer.concat(answer);
const idsAt = answer.map((_, i) => Buffer.concat(answer.slice(0, i)).length + ID_AT);

/** What is sent on the frames of `bytes`, and how far they are whole. */
function read(bytes: Buffer): { readonly sent: Buffer[]; readonly end: number } {
  const sent: Buffer[] = [];
  let at = 0;
  while (bytes.length - at >= HEAD_BYTES) {
    const end = at + HEAD_BYTES + bytes.readUIntBE(at, 3);
    if (bytes.length < end) break;
    const type = bytes[at + 3];
    const flags = bytes[at + 4]!;
    if ((type === DATA || type === HEADERS) && flags & END_STREAM) {
      const one = Buffer.from(whole);
      for (const place of idsAt) bytes.copy(one, place, at + ID_AT, at + HEAD_BYTES);
      sent.push(one);
    } else if (type === SETTINGS && !(flags & ACK)) {
      sent.push(frame(SETTINGS, ACK));
    } else if (type === PING && !(flags & ACK)) {
      sent.push(frame(PING, ACK, bytes.subarray(at + HEAD_BYTES, end)));
    }
    at = end;
  }
  return { sent, end: at };
}

/** Clients may send as much as they like, so that their windows need no care. */
function greeting(): Buffer {
  const increment = Buffer.alloc(4);
  increment.writeUInt32BE(0x7fff_ffff - 65_535);
  return Buffer.concat([frame(SETTINGS, 0), frame(WINDOW_UPDATE, 0, increment)]);
}

const server = createServer({ noDelay: true }, (socket: Socket) => {
  let skip = PREFACE_BYTES;
  let left = Buffer.alloc(0);
  socket.on("error", () => {});
  socket.write(greeting());
  socket.on("data", (chunk: Buffer) => {
    const passed = Math.min(skip, chunk.length);
    skip -= passed;
    const bytes = Buffer.concat([left, chunk.subarray(passed)]);
    const { sent, end } = read(bytes);
    left = bytes.subarray(end);
    if (sent.length > 0) socket.write(Buffer.concat(sent));
  });
});
server.listen(0, "127.0.0.1", () => {
  console.log(`PORT ${(server.address() as { port: number }).port}`);
});
process.stdin.on("end", () => process.exit(0)).resume();
