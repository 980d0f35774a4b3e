/** Starts the programs of this folder on Deno and on Node, and asks how they are. */

/** What the programs run on. */
export type Runtime = "deno" | "node";

/** What a target says of itself. */
export interface Stat {
  /** Resident memory in bytes, after a collection. */
  readonly rss: number;
  readonly uncaught: number;
  readonly handled: number;
  /** Calls that reached a handler more than once. */
  readonly twice: number;
}

/** A server under torment. */
export interface Target {
  readonly port: number;
  readonly endpoint: string;
  stat(): Promise<Stat>;
  /** Whether its process has ended by itself. */
  died(): boolean;
  kill(): Promise<void>;
}

/** What came of a client's calls. */
export interface LoadFigures {
  readonly ok: number;
  /** How many calls failed, by code. */
  readonly codes: Readonly<Record<string, number>>;
  readonly mismatched: number;
  readonly uncaught: number;
  readonly sent: number;
}

const here = new URL("./", import.meta.url);
const root = new URL("../../", import.meta.url);
const decoder = new TextDecoder();

/** The programs, ready for each runtime; they are in a folder of their own until `close`. */
export interface Programs extends AsyncDisposable {
  startTarget(runtime: Runtime, kind: "oprc" | "bare", maxAgeMs?: number): Promise<Target>;
  startLoad(runtime: Runtime, args: readonly string[]): Deno.ChildProcess;
}

/** Bundles the programs for Node where it is asked for. */
export async function preparePrograms(runtimes: readonly Runtime[]): Promise<Programs> {
  const dir = await Deno.makeTempDir({ prefix: "oprc-grpc-soak-" });
  if (runtimes.includes("node")) {
    for (const name of ["_target", "_load"]) await bundle(name, `${dir}/${name}.mjs`);
  }
  function command(runtime: Runtime, name: string, args: readonly string[]): Deno.Command {
    const options = { stdin: "piped", stdout: "piped", stderr: "inherit" } as const;
    if (runtime === "node") {
      const program = ["--expose-gc", `${dir}/${name}.mjs`];
      return new Deno.Command("node", { args: [...program, ...args], ...options });
    }
    const flags = ["-A", "--quiet", "--no-check", "--v8-flags=--expose-gc"];
    const file = decodeURIComponent(new URL(`${name}.ts`, here).pathname);
    return new Deno.Command(Deno.execPath(), {
      args: ["run", ...flags, file, ...args],
      ...options,
    });
  }
  return {
    startTarget: async (runtime, kind, maxAgeMs = 0) =>
      await startTarget(command(runtime, "_target", [kind, String(maxAgeMs)])),
    startLoad: (runtime, args) => command(runtime, "_load", args).spawn(),
    [Symbol.asyncDispose]: () => Deno.remove(dir, { recursive: true }),
  };
}

async function bundle(name: string, to: string): Promise<void> {
  const file = decodeURIComponent(new URL(`${name}.ts`, here).pathname);
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "-o", to, file],
    cwd: root,
  }).output();
  if (!success) throw new Error(decoder.decode(stderr));
}

async function startTarget(command: Deno.Command): Promise<Target> {
  const child = command.spawn();
  let over = false;
  const status = child.status.then((result) => {
    over = true;
    return result;
  });
  const reader = child.stdout.getReader();
  const writer = child.stdin.getWriter();
  let text = "";
  async function read(pattern: RegExp): Promise<string> {
    for (;;) {
      const match = pattern.exec(text);
      if (match !== null) {
        text = text.slice(match.index + match[0].length);
        return match[1]!;
      }
      const { done, value } = await reader.read();
      if (done) throw new Error("the target has ended");
      text += decoder.decode(value);
    }
  }
  const port = Number(await read(/PORT (\d+)\n/));
  return {
    port,
    endpoint: `http://127.0.0.1:${port}`,
    async stat() {
      await writer.write(new TextEncoder().encode("stat\n"));
      return JSON.parse(await read(/STAT (.*)\n/));
    },
    died: () => over,
    async kill() {
      try {
        child.kill("SIGKILL");
      } catch { /* it has ended */ }
      await status;
      await reader.cancel();
      await writer.abort().catch(() => {});
    },
  };
}

/** Waits for a client to finish and reads what came of it. */
export async function figuresOf(load: Deno.ChildProcess): Promise<LoadFigures> {
  const { stdout } = await outputOf(load);
  return JSON.parse(decoder.decode(stdout));
}

async function outputOf(child: Deno.ChildProcess): Promise<Deno.CommandOutput> {
  await child.stdin.close();
  return await child.output();
}

/** Kills a client and waits until it is gone. */
export async function killLoad(load: Deno.ChildProcess): Promise<void> {
  load.kill("SIGKILL");
  await outputOf(load);
}
