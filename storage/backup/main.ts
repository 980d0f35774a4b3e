/**
 * A program that copies what is under a key prefix between etcd, Deno KV and a file:
 *
 * ```sh
 * deno run -A jsr:@oprc/storage/backup --from etcd:http://127.0.0.1:2379 --to file:backup.jsonl
 * deno run -A --unstable-kv jsr:@oprc/storage/backup --from file:backup.jsonl --to deno-kv:oaas.db
 * ```
 *
 * It exits with 0 when all is copied, 1 when it failed, and 2 for arguments that are wrong. What is
 * read is checked to its end before the first write; `--help` tells the options.
 *
 * @module
 */
import { isStorageError } from "../errors.ts";
import { parseArguments, UsageError } from "./_arguments.ts";
import { copy } from "./_copy.ts";
import { isProgram, programArguments, setExitCode } from "./_runtime.ts";
import { USAGE } from "./_usage.ts";

/** Where {@linkcode runBackup} writes. */
export interface BackupOutput {
  /** Told what was done, a line at a time. */
  readonly log: (line: string) => void;
  /** Told what went wrong, a line at a time. */
  readonly error: (line: string) => void;
}

/**
 * Runs the program.
 *
 * @example
 * ```ts
 * import { runBackup } from "@oprc/storage/backup";
 * import { assertEquals } from "@std/assert";
 *
 * const errors: string[] = [];
 * const code = await runBackup(["--from", "file:backup.jsonl"], {
 *   log: () => {},
 *   error: (line) => errors.push(line),
 * });
 * assertEquals(code, 2);
 * assertEquals(errors[0], "Cannot back up: --to is missing");
 * ```
 *
 * @param args The arguments, as on a command line
 * @returns what a process should exit with: 0, 1 or 2
 */
export async function runBackup(
  args: readonly string[],
  output: BackupOutput = console,
): Promise<number> {
  try {
    const plan = parseArguments(args);
    output.log(plan ? await copy(plan) : USAGE);
    return 0;
  } catch (error) {
    if (error instanceof UsageError) {
      output.error(`Cannot back up: ${error.message}`);
      output.error("--help tells the options");
      return 2;
    }
    const why = error instanceof Error ? error.message : String(error);
    output.error(isStorageError(error) ? why : `Cannot back up: ${why}`);
    return 1;
  }
}

if (isProgram(import.meta.url, import.meta.main)) {
  setExitCode(await runBackup(programArguments()));
}
