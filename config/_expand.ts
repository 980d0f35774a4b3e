/** Replacing `${NAME}` and `${NAME:-default}` in texts. */
import { isSecretName } from "./values.ts";

/** The value of a variable, undefined when it isn't set. */
export type Lookup = (name: string) => string | undefined;

export type Expansion =
  | { readonly kind: "text"; readonly text: string; readonly secret: boolean }
  | { readonly kind: "unset"; readonly name: string }
  | { readonly kind: "malformed" };

/** How the two kinds of file write variables. */
export interface Style {
  /** Whether `$NAME` counts, and `\$` doesn't: the rules of `.env` files. Else `$${` stands for `${`. */
  readonly dotenv: boolean;
}

const MAX_NESTED = 16;
const MAX_LENGTH = 64 * 1024;

/** The text with its variables replaced, or undefined when it names none. */
export function expand(text: string, lookup: Lookup, style: Style): Expansion | undefined {
  if (!text.includes("$")) return undefined;
  const result = expandAll(text, lookup, style, 0);
  return result.kind === "text" && result.text === text && !result.touched ? undefined : result;
}

type Partial = Exclude<Expansion, { kind: "text" }> | {
  readonly kind: "text";
  readonly text: string;
  readonly secret: boolean;
  readonly touched: boolean;
};

function expandAll(text: string, lookup: Lookup, style: Style, depth: number): Partial {
  let out = "";
  let secret = false;
  let touched = false;
  let at = 0;
  while (at < text.length) {
    const next = text.indexOf("$", at);
    if (next === -1) break;
    out += text.slice(at, next);
    at = next;
    if (style.dotenv ? text[next - 1] === "\\" : text.startsWith("$${", next)) {
      const skipped = style.dotenv ? "$" : "${";
      touched ||= !style.dotenv;
      out += skipped;
      at += style.dotenv ? 1 : 3;
      continue;
    }
    const bare = style.dotenv ? /^\$([A-Za-z_]\w*)/.exec(text.slice(next, next + 256)) : null;
    if (text[next + 1] !== "{" && bare === null) {
      out += "$";
      at++;
      continue;
    }
    const reference = bare === null
      ? readReference(text, next)
      : { name: bare[1]!, fallback: undefined, end: next + bare[0].length };
    if (reference === undefined || depth > MAX_NESTED || out.length > MAX_LENGTH) {
      return { kind: "malformed" };
    }
    const value = lookup(reference.name);
    touched = true;
    if (value !== undefined && (value !== "" || reference.fallback === undefined)) {
      out += value;
      secret ||= isSecretName(reference.name);
    } else if (reference.fallback === undefined) {
      return { kind: "unset", name: reference.name };
    } else {
      const fallback = expandAll(reference.fallback, lookup, style, depth + 1);
      if (fallback.kind !== "text") return fallback;
      out += fallback.text;
      secret ||= fallback.secret;
    }
    at = reference.end;
  }
  return { kind: "text", text: out + text.slice(at), secret, touched };
}

interface Reference {
  readonly name: string;
  readonly fallback: string | undefined;
  readonly end: number;
}

/** Reads `${NAME}` or `${NAME:-default}` at an index; a default may hold references. */
function readReference(text: string, start: number): Reference | undefined {
  const head = /^\$\{([A-Za-z_]\w*)(\}|:-)/.exec(text.slice(start, start + 260));
  if (head === null) return undefined;
  const from = start + head[0].length;
  if (head[2] === "}") return { name: head[1]!, fallback: undefined, end: from };
  let open = 1;
  for (let at = from; at < text.length; at++) {
    if (text.startsWith("${", at)) open++;
    else if (text[at] === "}" && --open === 0) {
      return { name: head[1]!, fallback: text.slice(from, at), end: at + 1 };
    }
  }
  return undefined;
}
