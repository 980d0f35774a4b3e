/** Measuring on more than the version of Node that is installed. */
import { execFile } from "node:child_process";
import process from "node:process";

/** Set where a section runs for the sake of another run of it. */
const NESTED = "OPRC_BENCH_NESTED";

/**
 * Runs this bundle again on the other major versions of Node that are named, as npm
 * has them, and prints what it prints. On Deno nothing happens; a version that can't
 * be had is left out.
 */
export async function onOtherNodes(majors: readonly number[]): Promise<void> {
  const { argv, arch, env, platform, version } = process;
  if ("Deno" in globalThis || env[NESTED] !== undefined) return;
  const system = platform === "win32" ? "win" : platform;
  for (const major of majors) {
    if (version.startsWith(`v${major}.`)) continue;
    const command = ["-y", "-p", `node-${system}-${arch}@${major}`, "node", argv[1]!];
    await new Promise<void>((resolve) =>
      execFile("npx", command, { env: { ...env, [NESTED]: "1" } }, (error, stdout) => {
        if (error) console.error(`nothing was measured on Node ${major}: ${error.message}`);
        else console.log(stdout);
        resolve();
      })
    );
  }
}
