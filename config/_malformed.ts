/** Saying what is wrong with a file that isn't YAML, without quoting it. */
import { withoutDebugVariables } from "./_runtime_later.ts";
import type { Position } from "./values.ts";

/** The reasons that npm yaml gives, in words that say what to do. */
const REASONS: Readonly<Record<string, string>> = {
  BAD_DQ_ESCAPE: 'unknown escape in double quotes, write "\\\\" for a backslash',
  BAD_INDENT: "bad indentation, or a bracket that isn't closed",
  BAD_SCALAR_START: "a value that begins with this character must be quoted",
  BLOCK_AS_IMPLICIT_KEY: "a second key on one line; quote a value that has a colon in it",
  DUPLICATE_KEY: "the key is given twice",
  MISSING_CHAR: "a closing quote, a bracket or a colon is missing",
  MULTILINE_IMPLICIT_KEY: 'a key without its colon, write "key: value"',
  TAB_AS_INDENT: "tabs can't indent",
  UNEXPECTED_TOKEN: "unexpected text",
};

/**
 * How long a text may be for npm yaml to look for a better reason: it goes on after an error,
 * and may find one at every letter, at a cost of a kilobyte and more for each.
 */
const MAX_SECOND_LOOK = 64 * 1024;

const PREFIX = "is not valid YAML";

/** What is wrong, and where. */
export interface Malformed {
  readonly message: string;
  readonly position: Position | undefined;
}

/**
 * The reason and place for a text that @std/yaml refused. The parsers'
 * messages quote the text, which may hold secrets, so none is passed on whole.
 */
export async function explainMalformed(text: string, error: unknown): Promise<Malformed> {
  const better = text.length > MAX_SECOND_LOOK ? undefined : await secondOpinion(text);
  if (better !== undefined) return { ...better, message: `${PREFIX}: ${better.message}` };
  if (!(error instanceof SyntaxError)) {
    return { message: `${PREFIX}: nested too deeply`, position: undefined };
  }
  const match = /^([\s\S]*?) at line (\d+), column (\d+)/.exec(error.message);
  const reason = (match?.[1] ?? "")
    .replace(/^(?:Cannot|Found) [^:"]*: /, "")
    .replace(/\s*(?:"[\s\S]*"|!<[\s\S]*>)/g, "")
    .replace(/\s+/g, " ")
    .trim();
  return {
    message: PREFIX + (reason ? `: ${reason.charAt(0).toLowerCase()}${reason.slice(1)}` : ""),
    position: match === null ? undefined : { line: Number(match[2]), column: Number(match[3]) },
  };
}

/**
 * Whether a tab stands where YAML wants spaces, and where. @std/yaml takes such a tab for no
 * indentation at all, so that what it leads would belong somewhere else in silence.
 */
export async function findTabIndent(text: string): Promise<Malformed | undefined> {
  if (text.length > MAX_SECOND_LOOK) return undefined;
  const found = await secondOpinion(text);
  return found?.code === "TAB_AS_INDENT"
    ? { ...found, message: `${PREFIX}: ${found.message}` }
    : undefined;
}

/** The first error of npm yaml, whose places are nearer to the cause; it doesn't see all of them. */
async function secondOpinion(text: string): Promise<(Malformed & { code: string }) | undefined> {
  const { LineCounter, parseDocument } = await import("yaml");
  const lines = new LineCounter();
  try {
    const { errors } = withoutDebugVariables(() =>
      parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: "silent" })
    );
    const code = errors[0]?.code ?? "";
    const message = REASONS[code];
    if (message === undefined) return undefined;
    const { line, col } = lines.linePos(errors[0]!.pos[0]);
    return { code, message, position: { line, column: col } };
  } catch {
    return undefined;
  }
}
