import type { ChildEnd } from "./_node/doctor_process.ts";
import { denoVersion, judgeRuntime, nodeVersion } from "./_runtime.ts";

/** One thing that was looked at. */
export interface Finding {
  /** `fit`, `unknown` where nobody can say yet, or `unsafe`. */
  readonly verdict: "fit" | "unknown" | "unsafe";
  /** What was found, for people. */
  readonly text: string;
}

/** What is known of the running version. */
export function judgeVersion(): Finding {
  const version = denoVersion();
  const name = version === undefined ? `Node ${nodeVersion()}` : `Deno ${version}`;
  const verdict = judgeRuntime(version);
  const text = verdict.kind === "fit" ? "nothing is known against it" : verdict.why;
  return { verdict: verdict.kind, text: `${name}: ${text}` };
}

/** What the end of the process under load says. */
export function judgeEnd({ code, signal, output }: ChildEnd): Finding {
  if (code === 0) return { verdict: "fit", text: `Under load: ${output.trim()}` };
  const how = signal === null ? `with exit code ${code}` : `by ${signal}`;
  const said = output.trim().split("\n")[0];
  return {
    verdict: "unsafe",
    text: `Under load: the process ended ${how}${said ? ` (${said})` : ""}`,
  };
}
