/**
 * What clients, servers and networks do to one another, each as a function that does it
 * `scale` times as much as a short test and says what it did.
 */
import { connect } from "node:http2";
import {
  DATA,
  END_HEADERS,
  END_STREAM,
  frame,
  grpcFields,
  HEADERS,
  join,
  openRaw,
  PREFACE,
  RST_STREAM,
  SETTINGS,
  WINDOW_UPDATE,
  word,
} from "./_frames.ts";
import { figuresOf, killLoad, type Programs, type Runtime, type Target } from "./_programs.ts";
import { garbage } from "./garbage.ts";

/** What a scenario has at hand. */
export interface Stage {
  readonly programs: Programs;
  /** What clients that this package is used in run on. */
  readonly runtime: Runtime;
  readonly target: Target;
  /** 1 for a short test. */
  readonly scale: number;
}

/** What a scenario did, in numbers; names that begin with `wrong` must stay 0. */
export type Figures = Readonly<Record<string, number>>;

/** Torments a target. */
export type Scenario = (stage: Stage) => Promise<Figures>;

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const BEGIN = join(PREFACE, frame(SETTINGS, 0, 0));
let names = 0;
/** A name for each client, so that no two count as one. */
const newName = () => `c${++names}`;

/** Clients that are killed in the middle of their calls. */
async function killedClients({ programs, runtime, target, scale }: Stage): Promise<Figures> {
  const kills = Math.min(12, 3 * scale);
  for (let i = 0; i < kills; i++) {
    const mode = i % 2 === 0 ? "unary" : "stream";
    const load = programs.startLoad(runtime, [newName(), target.endpoint, "0", mode]);
    await wait(700);
    await killLoad(load);
  }
  return { kills };
}

/** Streams that are opened and reset at once (CVE-2023-44487). */
async function rapidReset({ target, scale }: Stage): Promise<Figures> {
  const streams = Math.min(20_000, 4000 * scale);
  const head = grpcFields("/test.Echoes/Say");
  let sent = 0;
  let connections = 0;
  while (sent < streams && !target.died()) {
    const raw = await openRaw(target.port);
    connections++;
    await raw.send(BEGIN);
    for (let id = 1; sent < streams && !raw.closed(); id += 2) {
      const reset = frame(RST_STREAM, 0, id, word(8));
      if (!await raw.send(frame(HEADERS, END_HEADERS, id, head), reset)) break;
      sent++;
    }
    raw.close();
  }
  return { streams: sent, connections };
}

/** Readers of streams without end that take nothing. */
async function slowReaders({ target, scale }: Stage): Promise<Figures> {
  const asked = Math.min(400, 40 * scale);
  const before = (await target.stat()).rss;
  const window = 50 * 1024 * 1024;
  const readers = [];
  for (let mebibytes = 0; mebibytes < asked; mebibytes += 50) {
    const raw = await openRaw(target.port, { reading: false });
    // The reader has room by HTTP/2's windows, but does not empty its socket.
    const large = frame(SETTINGS, 0, 0, Uint8Array.of(0, 4, ...word(window)));
    await raw.send(PREFACE, large, frame(WINDOW_UPDATE, 0, 0, word(window)));
    const head = frame(HEADERS, END_HEADERS, 1, grpcFields("/test.Echoes/Expand"));
    await raw.send(head, frame(DATA, END_STREAM, 1, new Uint8Array(5)));
    readers.push(raw);
  }
  let peak = before;
  for (let i = 0; i < 4 + scale; i++) {
    await wait(250);
    if (target.died()) break;
    peak = Math.max(peak, (await target.stat()).rss);
  }
  for (const reader of readers) reader.close();
  return { readers: readers.length, askedMiB: asked, heldMiB: mib(peak - before) };
}

/** Many connections at once, each with a call, all cut. */
async function manyConnections({ target, scale }: Stage): Promise<Figures> {
  const connections = Math.min(200, 50 * scale);
  const rounds = Math.max(1, Math.floor(scale / 2));
  let answered = 0;
  for (let round = 0; round < rounds && !target.died(); round++) {
    const sessions = await Promise.all(Array.from({ length: connections }, async () => {
      const session = connect(target.endpoint);
      session.on("error", () => {});
      const stream = session.request({
        ":method": "POST",
        ":path": "/test.Echoes/Say",
        "content-type": "application/grpc",
        te: "trailers",
      });
      stream.on("error", () => {});
      stream.on("data", () => {});
      stream.end(new Uint8Array(5));
      await new Promise<void>((resolve) => stream.on("close", resolve));
      if (stream.rstCode === 0) answered++;
      return session;
    }));
    for (const session of sessions) session.destroy();
  }
  return { connections: connections * rounds, wrongAnswers: connections * rounds - answered };
}

/** Bytes that mean nothing, or what they must not. */
async function rubbish({ target, scale }: Stage): Promise<Figures> {
  let sent = 0;
  for (let round = 0; round < scale; round++) {
    for (const make of Object.values(garbage)) {
      if (target.died()) return { kinds: Object.keys(garbage).length, sent };
      const raw = await openRaw(target.port);
      await raw.send(make());
      sent++;
      await wait(20);
      raw.close();
    }
  }
  return { kinds: Object.keys(garbage).length, sent };
}

/** Headers that are larger than any server takes. */
async function oversizedHeaders({ target, scale }: Stage): Promise<Figures> {
  let sent = 0;
  for (let round = 0; round < scale; round++) {
    for (const bytes of [17_000, 70_000, 200_000]) {
      const raw = await openRaw(target.port);
      const head = grpcFields("/test.Echoes/Say", { "x-large": "a".repeat(bytes) });
      const pieces = [];
      for (let at = 0; at < head.length; at += 16_000) {
        const last = at + 16_000 >= head.length;
        const piece = head.subarray(at, at + 16_000);
        pieces.push(frame(at === 0 ? HEADERS : 9, last ? END_HEADERS : 0, 1, piece));
      }
      await raw.send(BEGIN, ...pieces);
      await wait(20);
      raw.close();
      const old = await openRaw(target.port);
      const text = `GET / HTTP/1.1\r\nhost: a\r\nx-large: ${"a".repeat(bytes)}\r\n\r\n`;
      await old.send(new TextEncoder().encode(text));
      await wait(20);
      old.close();
      sent += 2;
    }
  }
  return { sent };
}

/** Connections that begin to say something and fall silent, then are gone. */
async function halfOpen({ target, scale }: Stage): Promise<Figures> {
  const beginnings = [
    new Uint8Array(),
    PREFACE.subarray(0, 10),
    BEGIN,
    join(BEGIN, frame(HEADERS, END_HEADERS, 1, grpcFields("/test.Echoes/Say"))),
    join(BEGIN, frame(HEADERS, 0, 1, grpcFields("/test.Echoes/Say"))),
    new TextEncoder().encode("POST /test.Echoes/Say HTTP/1.1\r\nhost: a\r\ncontent-le"),
  ];
  const connections = Math.min(300, 60 * scale);
  const open = [];
  for (let i = 0; i < connections; i++) {
    const raw = await openRaw(target.port);
    await raw.send(beginnings[i % beginnings.length]!);
    open.push(raw);
  }
  await wait(300);
  for (const raw of open) raw.close();
  return { connections };
}

/** A client whose server says GOAWAY every 100 ms: no call may fail, none be handled twice. */
async function goaways({ programs, runtime, scale }: Stage): Promise<Figures> {
  const going = await programs.startTarget(runtime, "oprc", 100);
  try {
    const ms = String(1500 * scale);
    const figures = await figuresOf(
      programs.startLoad(runtime, [newName(), going.endpoint, ms, "unary"]),
    );
    const { twice, handled, uncaught } = await going.stat();
    return {
      calls: figures.ok,
      wrongCodes: sum(figures.codes),
      wrongAnswers: figures.mismatched,
      wrongTwice: twice,
      wrongCount: handled === figures.ok ? 0 : 1,
      wrongUncaught: uncaught + figures.uncaught,
    };
  } finally {
    await going.kill();
  }
}

/** A server that is killed under calls and streams: they are Unavailable, and no other code. */
async function killedServers({ programs, runtime, scale }: Stage): Promise<Figures> {
  let ok = 0;
  let unavailable = 0;
  let wrongCodes = 0;
  let wrongAnswers = 0;
  let wrongUncaught = 0;
  const kills = Math.min(6, 2 * scale);
  for (let i = 0; i < kills; i++) {
    const doomed = await programs.startTarget(runtime, "oprc");
    const mode = i % 2 === 0 ? "stream" : "unary";
    const load = programs.startLoad(runtime, [newName(), doomed.endpoint, "1800", mode]);
    await wait(1200);
    await doomed.kill();
    const figures = await figuresOf(load);
    ok += figures.ok;
    unavailable += figures.codes.Unavailable ?? 0;
    wrongCodes += sum(figures.codes) - (figures.codes.Unavailable ?? 0);
    wrongAnswers += figures.mismatched;
    wrongUncaught += figures.uncaught;
  }
  return { kills, calls: ok, unavailable, wrongCodes, wrongAnswers, wrongUncaught };
}

const sum = (codes: Readonly<Record<string, number>>) =>
  Object.values(codes).reduce((all, count) => all + count, 0);

/** Mebibytes, rounded. */
export const mib = (bytes: number): number => Math.round(bytes / 1024 / 1024);

/** What clients do to a server. */
export const onServers: Readonly<Record<string, Scenario>> = {
  killedClients,
  rapidReset,
  slowReaders,
  manyConnections,
  rubbish,
  oversizedHeaders,
  halfOpen,
};

/** What servers do to a client; they start servers of their own. */
export const onClients: Readonly<Record<string, Scenario>> = { goaways, killedServers };
