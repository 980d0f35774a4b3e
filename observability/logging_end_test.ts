/** What becomes of log lines when processes end, readers are stuck and disks are full. */
import { assert, assertEquals, assertGreater } from "@std/assert";
import { installedNode, peerTest } from "./testdata/peer.ts";

const path = (name: string) =>
  decodeURIComponent(new URL(`testdata/${name}`, import.meta.url).pathname);
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const jsonLines = (text: string) => text.split("\n").filter((line) => line.startsWith("{"));

/** A way to run a program of testdata/. */
interface Runtime {
  readonly name: string;
  readonly command: (program: string) => Promise<string[]>;
}

const folder = await Deno.makeTempDir();
globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));

const runtimes: readonly Runtime[] = [
  {
    name: "Deno",
    // No permission at all: logging needs none.
    command: (program) => Promise.resolve([Deno.execPath(), "run", "-q", "--no-prompt", program]),
  },
  {
    name: "Node",
    async command(program) {
      const bundle = `${folder}/${program.replace(/.*\//, "")}.mjs`;
      const bundled = await new Deno.Command(Deno.execPath(), {
        args: ["bundle", "--quiet", "-o", bundle, program],
        stderr: "piped",
      }).output();
      assert(bundled.success, decode(bundled.stderr));
      return ["node", bundle];
    },
  },
];

const node = await installedNode();

/** A test on each runtime. */
function onEach(name: string, test: (runtime: Runtime) => Promise<void>): void {
  for (const runtime of runtimes) {
    const fn = () => test(runtime);
    if (runtime.name === "Deno") Deno.test(`${name}, on Deno`, fn);
    else peerTest(`${name}, on Node`, { peer: "Node", found: node }, fn);
  }
}

onEach("getLogger() without set-up writes info and above to standard error as JSON", async (r) => {
  const [command, ...args] = await r.command(path("log_and_end.ts"));
  const { code, stdout, stderr } = await new Deno.Command(command!, { args }).output();
  const lines = jsonLines(decode(stderr));
  assertEquals([code, decode(stdout), lines.length], [0, "", 1_000]);
  const last = JSON.parse(lines.at(-1)!);
  assertEquals([last.level, last.target, last.message], ["INFO", "ending", "line 999 é"]);
});

onEach(
  "observeConnect() logs the trace and the time of each call, made into a line later",
  async (r) => {
    const [command, ...args] = await r.command(path("log_calls.ts"));
    if (r.name === "Deno") args.splice(1, 0, "-A");
    const { stdout, stderr } = await new Deno.Command(command!, { args }).output();
    const { ids, until } = JSON.parse(decode(stdout));
    const lines = jsonLines(decode(stderr)).map((line) => JSON.parse(line));
    assertEquals(lines.map(({ message }) => message), ["call ended", "call ended"]);
    assertEquals(lines.map(({ trace_id }) => trace_id), ids);
    assert(lines.every(({ timestamp }) => Date.parse(timestamp) <= until));
  },
);

for (const output of ["buffered", "thread", "direct"]) {
  onEach(`setupLogging() output "${output}" loses no line, however the process ends`, async (r) => {
    const [command, ...args] = await r.command(path("log_and_end.ts"));
    for (
      const [mode, code] of [
        ["return", 0],
        ...r.name === "Deno" ? [["exit", 3] as const] : [],
        ["process-exit", 4],
        ["throw", 1],
        ["reject", 1],
      ] as const
    ) {
      const ended = await new Deno.Command(command!, { args: [...args, mode, output] }).output();
      const lines = jsonLines(decode(ended.stderr)).map((line) => JSON.parse(line).message);
      assertEquals([mode, ended.code, lines.length], [mode, code, 1_000], decode(ended.stderr));
      assertEquals(lines.at(-1), "line 999 é");
    }
  });
}

for (const signal of ["SIGTERM", "SIGKILL"] as const) {
  onEach(
    `setupLogging() has written the lines of each turn that is over at ${signal}`,
    async (r) => {
      const [command, ...args] = await r.command(path("log_until_killed.ts"));
      const log = `${folder}/${signal}-${r.name}.log`;
      const child = new Deno.Command("sh", {
        args: ["-c", `exec "$@" 2>"${log}"`, "sh", command!, ...args],
        stdout: "piped",
      }).spawn();
      const reader = child.stdout.getReader();
      let acknowledged = "";
      while (acknowledged.split("\n").length < 30) {
        const { value } = await reader.read();
        acknowledged += decode(value!);
      }
      child.kill(signal);
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        acknowledged += decode(value);
      }
      await child.status;
      const turns = acknowledged.split("\n").filter((line) => line !== "").map(Number);
      const written = jsonLines(await Deno.readTextFile(log));
      assertGreater(turns.length, 25);
      assertGreater(written.length, turns.at(-1)! * 20);
      for (const turn of turns) {
        const last = written[turn * 20 + 19];
        assertEquals(JSON.parse(last!).fields, { turn, i: 19 });
      }
    },
  );
}

onEach("setupLogging() goes on when nobody reads, and counts the lines it loses", async (r) => {
  const [command, ...args] = await r.command(path("log_much.ts"));
  const child = new Deno.Command(command!, {
    args: [...args, "thread", "20000"],
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  // Standard error stays unread; the service tells on standard output that it lives.
  const reader = child.stdout.getReader();
  let said = "";
  while (!said.includes("\n")) {
    const { done, value } = await reader.read();
    if (done) break;
    said += decode(value);
  }
  const { dropped, counted } = JSON.parse(said);
  // The pipe has 64 KiB, the ring a megabyte; 20,000 lines are four.
  assertGreater(dropped, 5_000);
  assert(counted >= dropped, said);
  await reader.cancel();
  const status = child.status;
  await child.stderr.cancel();
  await status;
});

onEach("setupLogging() goes on when the disk is full, and counts the lines", async (r) => {
  const [command, ...args] = await r.command(path("log_much.ts"));
  for (const output of ["direct", "buffered"]) {
    const child = new Deno.Command("sh", {
      args: ["-c", `exec "$@" 2>/dev/full`, "sh", command!, ...args, output, "500"],
    });
    const { code, stdout } = await child.output();
    const { dropped, counted } = JSON.parse(decode(stdout));
    assertEquals([output, code, dropped], [output, 0, 500]);
    assert(counted >= 500);
  }
});

onEach("setupLogging() takes its level from RUST_LOG, and survives a wrong one", async (r) => {
  const [command, ...args] = await r.command(path("log_and_end.ts"));
  if (r.name === "Deno") args.splice(1, 0, "--allow-env=RUST_LOG");
  const lines = async (RUST_LOG: string) => {
    const { stderr } = await new Deno.Command(command!, {
      args: [...args, "return", "direct"],
      env: { RUST_LOG },
    }).output();
    return jsonLines(decode(stderr)).map((line) => JSON.parse(line));
  };
  assertEquals((await lines("off,ending=debug")).length, 2_000);
  const [warning, ...others] = await lines("ending[span]=debug,x=loud");
  assertEquals([warning.level, warning.message, others.length], [
    "WARN",
    "RUST_LOG is ignored",
    1_000,
  ]);
});
