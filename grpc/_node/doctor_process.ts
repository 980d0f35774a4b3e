import { spawn } from "node:child_process";
import { realpathSync } from "node:fs";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { denoVersion } from "../_runtime.ts";

/** Tells the child what it is, and for how long to load. */
const CHILD_VARIABLE = "OPRC_GRPC_DOCTOR_CHILD";

/** A child that hangs instead of crashing is given up after this, besides its load. */
const HANG_MS = 20_000;

/** For how long this process is to load its server, where it is the child. */
export function inChild(): number | undefined {
  const { [CHILD_VARIABLE]: given } = process.env;
  return given === undefined ? undefined : Number(given);
}

/** How a child ended. */
export interface ChildEnd {
  readonly code: number | null;
  readonly signal: string | null;
  readonly output: string;
}

/** Runs the program at `url` once more, as the child. */
export function runChild(url: string, loadMs: number): Promise<ChildEnd> {
  const args = denoVersion() === undefined
    ? [fileURLToPath(url)]
    : ["run", "-A", "--quiet", "--no-lock", url];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, [CHILD_VARIABLE]: String(loadMs), NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (chunk) => output += chunk);
  child.stderr.on("data", (chunk) => output += chunk);
  const hanging = setTimeout(() => child.kill("SIGKILL"), loadMs + HANG_MS);
  return new Promise((resolve) => {
    const end = (code: number | null, signal: string | null) => {
      clearTimeout(hanging);
      resolve({ code, signal, output });
    };
    child.on("error", (error) => {
      output += error.message;
      end(null, null);
    });
    child.on("close", end);
  });
}

/** Whether a module is what was started. */
export function isMain(meta: { readonly url: string; readonly main?: boolean }): boolean {
  if (meta.main !== undefined) return meta.main;
  // Node 20 doesn't say, and npm starts programs by links to them.
  const { argv: [, started] } = process;
  return started !== undefined && meta.url === pathToFileURL(realpathSync(started)).href;
}

/** Ends the process. */
export function exit(code: number): void {
  process.exit(code);
}
