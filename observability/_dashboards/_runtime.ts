/** All that the program asks of Deno or Node. */
import { writeFile } from "node:fs/promises";

/** Node's global, which Deno has too. */
const { process } = globalThis as unknown as {
  process: { argv: string[]; exitCode: number | undefined };
};

/** What stands behind the program's name. */
export function argumentsOf(): readonly string[] {
  return process.argv.slice(2);
}

/** Writes a file. */
export async function writeText(path: string, text: string): Promise<void> {
  await writeFile(path, text);
}

/** Says what was done. */
export function print(line: string): void {
  console.log(line);
}

/** Says why it wasn't, and lets the program end with that. */
export function fail(why: string): void {
  console.error(why);
  process.exitCode = 1;
}
