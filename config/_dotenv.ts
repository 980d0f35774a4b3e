/** The variables of a `.env` file: @std/dotenv says what they mean, a scan where they stand. */
import { parse } from "@std/dotenv";
import type { Position } from "./values.ts";

export interface DotenvEntry {
  readonly name: string;
  readonly value: string;
  readonly position: Position | undefined;
  /** Whether the value stood without quotes, so that `$NAME` in it counts. */
  readonly expandable: boolean;
}

/**
 * The last assignment of every variable, in the order of the file. Names that
 * @std/dotenv leaves out, since they are no identifiers, come last.
 */
export function parseDotenv(text: string): DotenvEntry[] {
  // parse() would look up `$NAME` in the process itself, where Deno may not
  // let it and a missing one becomes the text "undefined": hide the signs
  // from it, and let the caller expand.
  const mask = unusedCharacter(text);
  const values = parse(text.replaceAll("$", mask));
  const found = new Map(scan(text).map((entry) => [entry.name, entry]));
  const entries: DotenvEntry[] = Object.entries(values).map(([name, value]) => ({
    name,
    value: value.replaceAll(mask, "$"),
    position: found.get(name)?.position,
    expandable: found.get(name)?.quoted === false,
  }));
  for (const { name, position } of found.values()) {
    if (!Object.hasOwn(values, name)) {
      entries.push({ name, value: "", position, expandable: false });
    }
  }
  return entries;
}

function unusedCharacter(text: string): string {
  for (let code = 0xe000;; code++) {
    const character = String.fromCharCode(code);
    if (!text.includes(character)) return character;
  }
}

interface Assignment {
  readonly name: string;
  readonly position: Position;
  readonly quoted: boolean;
}

const ASSIGNMENT = /[ \t]*(?:export\s+)?([^\s=#]+)\s*=[ \t]*/y;

/** Where the assignments stand, and which are quoted. Quoted values may have several lines. */
export function scan(text: string): Assignment[] {
  const found: Assignment[] = [];
  let line = 1;
  let start = 0;
  while (start < text.length) {
    ASSIGNMENT.lastIndex = start;
    const match = ASSIGNMENT.exec(text);
    let end = start;
    if (match !== null) {
      const value = ASSIGNMENT.lastIndex;
      const quote = text[value];
      const close = quote === "'" || quote === '"' ? text.indexOf(quote, value + 1) : -1;
      const column = match[0].search(/[^ \t]/) + 1;
      found.push({ name: match[1]!, position: { line, column }, quoted: close !== -1 });
      if (close !== -1) end = close;
    }
    const next = text.indexOf("\n", end);
    if (next === -1) break;
    line += text.slice(start, next + 1).split("\n").length - 1;
    start = next + 1;
  }
  return found;
}
