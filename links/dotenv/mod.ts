/**
 * Stand-in for jsr:@std/dotenv where JSR can't be reached: the part that the
 * packages use, to the same rules. Never published.
 *
 * @module
 */

/** `KEY=value` from the start of a line; what follows the `=` is read by hand. */
const ASSIGNMENT = /^[ \t]*(?:export\s+)?([^\s=#]+)\s*=[ \t]*/;
const IDENTIFIER = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const ESCAPES: Record<string, string> = { n: "\n", r: "\r", t: "\t" };

/**
 * Reads the variables of a `.env` file. Quoted values may have several lines;
 * double quotes read `\n`, `\r` and `\t`; unquoted values are trimmed, end at
 * a `#`, and have `$NAME`, `${NAME}` and `${NAME:-default}` replaced, by the
 * file's own variables first and by those of the process otherwise.
 */
export function parse(text: string): Record<string, string> {
  const env: Record<string, string> = {};
  const unquoted: string[] = [];
  let rest = text;
  while (rest !== "") {
    const head = ASSIGNMENT.exec(rest);
    if (head === null) {
      rest = afterLine(rest);
      continue;
    }
    const key = head[1]!;
    const body = rest.slice(head[0].length);
    const quoted = readQuoted(body);
    rest = afterLine(body.slice(quoted?.length ?? 0));
    if (!IDENTIFIER.test(key)) {
      console.warn(
        `Ignored the key "${key}" as it is not a valid identifier: The key need to match the pattern /^[a-zA-Z_][a-zA-Z0-9_]*$/.`,
      );
      continue;
    }
    if (quoted !== undefined) {
      env[key] = quoted.value;
    } else {
      env[key] = /^[^\r\n#]*/.exec(body)![0].trim();
      unquoted.push(key);
    }
  }
  const own = { ...env };
  for (const key of unquoted) env[key] = expand(env[key]!, own);
  return env;
}

function afterLine(text: string): string {
  const end = text.indexOf("\n");
  return end === -1 ? "" : text.slice(end + 1);
}

function readQuoted(text: string): { value: string; length: number } | undefined {
  const quote = text[0];
  if (quote !== "'" && quote !== '"') return undefined;
  const end = text.indexOf(quote, 1);
  if (end === -1) return undefined;
  const inner = text.slice(1, end).replace(/^\r?\n/, "").replace(/\r?\n$/, "");
  const value = quote === "'" ? inner : inner.replace(/\\([nrt])/g, (_, name) => ESCAPES[name]!);
  return { value, length: end + 1 };
}

const REFERENCE =
  /\$\{([^}:]+?)(?::-((?:[^{}]|\{[^{}]*\})*))?\}|(?<!\\)\$(\w+)(?::-([^\s]+))?/g;

function expand(text: string, own: Record<string, string>): string {
  if (text.search(REFERENCE) === -1) return text;
  const replaced = text.replace(REFERENCE, (_, braced, fallback, bare, bareFallback) => {
    const name: string = braced ?? bare;
    const value = own[name] ?? Deno.env.get(name);
    return value ?? expand(fallback ?? bareFallback ?? "undefined", own);
  });
  return replaced === text ? text : expand(replaced, own);
}
