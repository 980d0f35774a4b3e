/** Several processes on one port, on Deno and, bundled, on Node; with real kills. */
import { assert, assertEquals, assertGreater, assertStringIncludes } from "@std/assert";
import { installedNode } from "../tests/_node.ts";
import { peerTest } from "../tests/_peers.ts";
import { createRestartPolicy } from "./_node/restart_policy.ts";
import { RuntimeClient } from "./mod.ts";

interface Event {
  readonly listening?: { readonly hostname: string; readonly port: number };
  readonly pids?: number[];
  readonly end?: { readonly pid: number; readonly code: number | null; readonly signal: string };
  readonly failed?: string;
  readonly finished?: boolean;
  /** A call that takes a while has begun. */
  readonly slow?: boolean;
  /** A process that answered has ended. */
  readonly left?: number;
}

const program = new URL("./testdata/many_program.ts", import.meta.url);

/** Starts the program; `event` waits for the next line that has the field. */
function start(command: readonly string[], ...args: string[]) {
  const child = new Deno.Command(command[0]!, {
    args: [...command.slice(1), ...args],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  return {
    async event(field: keyof Event): Promise<Event> {
      for (;;) {
        const end = text.indexOf("\n");
        if (end < 0) {
          const { done, value } = await lines.read();
          if (done) throw new Error(`the program ended before it said "${field}"`);
          text += value;
          continue;
        }
        const event = JSON.parse(text.slice(0, end)) as Event;
        text = text.slice(end + 1);
        if (field in event) return event;
      }
    },
    terminate: () => child.kill("SIGTERM"),
    async ended(): Promise<number> {
      while (!(await lines.read()).done);
      return (await child.status).code;
    },
  };
}

/** After which a process that should answer is taken for one that never will. */
const PATIENCE_MS = 60_000;

/** The process that answers on a connection of its own. */
async function answering(port: number, instanceId = "a"): Promise<number> {
  const client = RuntimeClient.connect(`http://127.0.0.1:${port}`, { timeoutMs: 5000 });
  try {
    return Number((await client.getRuntimeState(instanceId))!.instanceId);
  } finally {
    await client.close();
  }
}

const several = async (port: number) =>
  new Set(await Promise.all(Array.from({ length: 12 }, () => answering(port))));

function isAlive(pid: number): boolean {
  // A process that has ended but wasn't waited for is a zombie.
  try {
    return !/^State:\s+Z/m.test(Deno.readTextFileSync(`/proc/${pid}/status`));
  } catch {
    return false;
  }
}

async function killsAndRestarts(command: readonly string[]) {
  const group = start(command, "run");
  const { listening, pids } = await group.event("listening");
  const { port } = listening!;
  assertGreater(port, 0);
  assertEquals(await several(port), new Set(pids));

  const victim = pids![0]!;
  Deno.kill(victim, "SIGKILL");
  assertEquals((await group.event("end")).end?.pid, victim);
  const now = new Set<number>();
  // The others go on; a third joins them on the same port. node:cluster may lose a
  // connection while its processes come and go, so one call is none to judge by.
  const until = Date.now() + PATIENCE_MS;
  while (now.size < 3) {
    assert(Date.now() < until, `of three processes ${[...now]} alone answer`);
    await answering(port).then((pid) => now.add(pid), () => {});
  }
  assert(!now.has(victim));

  const slow = answering(port, "slow");
  await group.event("slow");
  group.terminate();
  assert(now.has(await slow));
  // By themselves; one that must be cut says nothing.
  for (let i = 0; i < 3; i++) assert(now.has((await group.event("left")).left!));
  await group.event("finished");
  assertEquals(await group.ended(), 0);
  assertEquals([...now].filter(isAlive), []);
}

async function givesUp(command: readonly string[]) {
  const group = start(command, "crash");
  assertStringIncludes(
    (await group.event("failed")).failed!,
    "Cannot keep 3 processes running: more than 3 ended within a minute, the last with exit code 7",
  );
  assertEquals(await group.ended(), 1);
}

async function namesTakenPort(command: readonly string[]) {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr as Deno.NetAddr;
  const group = start(command, "run", String(port));
  assertEquals(
    (await group.event("failed")).failed,
    `Cannot listen on 127.0.0.1:${port}: the port is in use`,
  );
  assertEquals(await group.ended(), 1);
}

/** Workers whose first process is killed end too, and don't keep the port. */
async function orphansEnd(command: readonly string[]) {
  const group = start(command, "run");
  const { pids } = await group.event("listening");
  const first = Number(
    /^PPid:\s+(\d+)/m.exec(Deno.readTextFileSync(`/proc/${pids![0]}/status`))![1],
  );
  Deno.kill(first, "SIGKILL");
  await group.ended();
  while (pids!.some(isAlive)) await new Promise((resolve) => setTimeout(resolve, 10));
}

const criteria: [string, (command: readonly string[]) => Promise<void>][] = [
  ["shares a port, replaces a process that was killed, and shuts down together", killsAndRestarts],
  ["gives up on processes that keep ending", givesUp],
  ["names a port that is taken", namesTakenPort],
];
if (Deno.build.os === "linux") {
  criteria.push(["leaves no process when the first is killed", orphansEnd]);
}

const onDeno = [Deno.execPath(), "run", "-A", "--no-check", decodeURIComponent(program.pathname)];
for (const [criterion, test] of criteria) {
  Deno.test(`serveMany() ${criterion}, on Deno`, () => test(onDeno));
}

const node = await installedNode();
for (const [criterion, test] of criteria) {
  peerTest(`serveMany() ${criterion}, on Node`, { peer: "Node", found: node }, async (found) => {
    await test([found, await bundled()]);
  });
}

let folder: string | undefined;
async function bundled(): Promise<string> {
  if (folder === undefined) {
    folder = await Deno.makeTempDir({ prefix: "oprc-serve-many-" });
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["bundle", "--quiet", "-o", `${folder}/program.mjs`, "grpc/testdata/many_program.ts"],
      cwd: new URL("../", import.meta.url),
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
  }
  return `${folder}/program.mjs`;
}
Deno.test.afterAll(async () => {
  if (folder !== undefined) await Deno.remove(folder, { recursive: true });
});

Deno.test("createRestartPolicy() waits longer each time, and gives up within a minute", () => {
  let now = 0;
  const next = createRestartPolicy({ restartDelayMs: 100, maxRestarts: 3 }, () => now);
  assertEquals([next(), next(), next(), next()], [100, 200, 400, undefined]);
  now += 60_000;
  assertEquals(next(), 100);
  const patient = createRestartPolicy({ restartDelayMs: 100, maxRestarts: 100 }, () => now);
  assertEquals(Array.from({ length: 11 }, patient).at(-1), 30_000);
});
