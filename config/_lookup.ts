/** The values of `${NAME}`: variables of the process first, then of the `.env` file. */
import type { DotenvEntry } from "./_dotenv.ts";
import { expand, type Lookup, type Style } from "./_expand.ts";
import type { Context, Problems } from "./values.ts";
import type { Environment } from "./_runtime.ts";

export function lookupIn(env: Environment, entries: readonly DotenvEntry[]): Lookup {
  const own = new Map(entries.map((entry) => [entry.name, entry]));
  const known = new Map<string, string | undefined>();
  const lookup: Lookup = (name) => {
    const value = env.get(name);
    if (value !== undefined) return value;
    const entry = own.get(name);
    if (entry === undefined || known.has(name)) return known.get(name);
    // Until it's done: a variable that needs itself has no value.
    known.set(name, undefined);
    const result = entry.expandable ? expand(entry.value, lookup, { dotenv: true }) : undefined;
    if (result === undefined) known.set(name, entry.value);
    else if (result.kind === "text") known.set(name, result.text);
    return known.get(name);
  };
  return lookup;
}

/** Replaces variables in a text, and reports what can't be replaced. */
export function expander(
  lookup: Lookup,
  style: Style,
  env: Environment,
  problems: Problems,
): NonNullable<Context["expand"]> {
  return (text, origin, path) => {
    const result = expand(text, lookup, style);
    if (result === undefined) return undefined;
    if (result.kind === "text") return result;
    problems.add({
      code: result.kind === "unset" ? "unset_variable" : "malformed",
      path,
      message: result.kind === "unset"
        ? `needs the variable ${result.name}, which ` +
          (env.readable(result.name)
            ? "isn't set"
            : `can't be read without --allow-env=${result.name}`)
        : `has a \${ that begins no \${NAME} or \${NAME:-default}; ` +
          (style.dotenv ? "single quotes keep it as it is" : "write $${ for a plain ${"),
      origin,
      point: "value",
    });
    return null;
  };
}
