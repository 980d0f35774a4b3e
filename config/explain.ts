/**
 * A program that prints where every value of a configuration comes from:
 *
 *     deno run -R -E jsr:@oprc/config/explain --dir config --env production
 *
 * It takes the schema that `config.ts` (or what `--schema` names) exports, as a
 * service does, and prints a table, or JSON with `--json`. Secrets are not
 * shown. A configuration that isn't valid is explained too; its problems go to
 * the standard error, and the exit code is 1. `--help` lists the other options.
 *
 * @example The same from a program
 * ```ts
 * import { explainProgram } from "@oprc/config/explain";
 *
 * const code = await explainProgram({
 *   args: ["--help"],
 *   write: (text) => console.log(text),
 *   warn: (text) => console.error(text),
 * });
 * console.log(code); // 0
 * ```
 *
 * @module
 */
import { explainProgram } from "./_explain_program.ts";
import { thisProcess } from "./_runtime_later.ts";

export { explainProgram } from "./_explain_program.ts";
export type { ExplainProgramOptions } from "./_explain_program.ts";

if (import.meta.main) {
  const { args, exit } = thisProcess();
  exit(await explainProgram({ args, write: console.log, warn: console.error }));
}
