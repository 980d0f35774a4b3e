/**
 * Finds out whether this runtime can be trusted with gRPC: by what is known of its version,
 * and by a server in a process of its own whose connections are closed under load, since
 * that is where broken releases crash. Takes about two seconds.
 *
 * ```sh
 * deno run -A jsr:@oprc/grpc/doctor
 * ```
 *
 * It prints what it found, and exits with 0 where there is nothing to say against the
 * runtime, with 1 otherwise.
 *
 * @module
 */
import { type Finding, judgeEnd, judgeVersion } from "./_doctor_findings.ts";
import { exit, inChild, isMain, runChild } from "./_node/doctor_process.ts";
import { loadServer } from "./_node/doctor_load.ts";

export type { Finding };

/** What {@linkcode diagnose} found. */
export interface Diagnosis {
  /** Whether there is nothing to say against the runtime. */
  readonly fit: boolean;
  /** Each thing that was looked at. */
  readonly findings: readonly Finding[];
}

/** Options of {@linkcode diagnose}. */
export interface DiagnoseOptions {
  /**
   * How long the server is under load, in milliseconds.
   *
   * @default {1500}
   */
  readonly loadMs?: number;
}

/**
 * Does what the program does, for another program.
 *
 * @throws {RangeError} when `loadMs` is not a whole number from 1.
 *
 * @example
 * ```ts
 * import { diagnose } from "@oprc/grpc/doctor";
 *
 * const { fit, findings } = await diagnose({ loadMs: 100 });
 * if (!fit) throw new Error(findings.map(({ text }) => text).join("; "));
 * ```
 */
export async function diagnose({ loadMs = 1500 }: DiagnoseOptions = {}): Promise<Diagnosis> {
  if (!Number.isInteger(loadMs) || loadMs < 1 || loadMs > 0x7fff_ffff) {
    throw new RangeError(`Cannot use loadMs ${loadMs}: it is a whole number from 1`);
  }
  const findings = [judgeVersion(), judgeEnd(await runChild(import.meta.url, loadMs))];
  return { fit: findings.every(({ verdict }) => verdict !== "unsafe"), findings };
}

const loadMs = inChild();
if (loadMs !== undefined) {
  console.log(await loadServer(loadMs));
  exit(0);
} else if (isMain(import.meta)) {
  const { fit, findings } = await diagnose();
  for (const { verdict, text } of findings) console.log(`${verdict.padEnd(7)} ${text}`);
  exit(fit ? 0 : 1);
}
