import type { DescMessage } from "@bufbuild/protobuf";
import { type Finding, MAX_FINDINGS, type Position, type Segment } from "./_finding.ts";
import { fieldOf } from "./_keys.ts";

/** Line and column of an offset in a text. */
export function positionAt(text: string, offset: number): Position {
  let line = 1;
  let start = 0;
  for (;;) {
    const end = text.indexOf("\n", start);
    if (end < 0 || end >= offset) return { line, column: offset - start + 1 };
    line++;
    start = end + 1;
  }
}

/** An object or a list that is open where the scan stands. */
interface Open {
  /** Keys seen so far; undefined for a list. */
  readonly keys: Set<string> | undefined;
  /** The key or the index of the value that is being read. */
  at: Segment;
}

/** Deeper than any message nests; what lies below is inside a value that is unknown or wrong. */
const MAX_DEPTH = 100;

/**
 * Finds the keys that stand twice in an object, of which JSON.parse keeps the
 * last in silence, down to a depth of 100. The text must be right JSON.
 */
export function duplicateKeys(
  schema: DescMessage,
  text: string,
): (Finding & { readonly at: Position })[] {
  const found: (Finding & { readonly at: Position })[] = [];
  const stack: Open[] = [];
  let top: Open | undefined;
  // Objects and lists that are open below the deepest that is looked at.
  let below = 0;
  // Whether the next text is a key, if an object is what is open.
  let isKey = false;
  let line = 1;
  let lineStart = 0;
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case 0x0a: // a text within quotes has no raw line breaks
        line++;
        lineStart = i + 1;
        break;
      case 0x7b: // {
        if (stack.length === MAX_DEPTH) below++;
        else stack.push(top = { keys: new Set(), at: "" });
        isKey = true;
        break;
      case 0x5b: // [
        if (stack.length === MAX_DEPTH) below++;
        else stack.push(top = { keys: undefined, at: 0 });
        break;
      case 0x7d: // }
      case 0x5d: // ]
        if (below > 0) below--;
        else {
          stack.pop();
          top = stack.at(-1);
        }
        break;
      case 0x2c: // ,
        isKey = true;
        if (below === 0 && typeof top?.at === "number") top.at++;
        break;
      case 0x22: { // "
        const end = closingQuote(text, i + 1);
        if (isKey && below === 0 && top?.keys !== undefined) {
          const inside = text.slice(i + 1, end);
          const key: string = inside.includes("\\") ? JSON.parse(`"${inside}"`) : inside;
          top.at = key;
          if (top.keys.has(key) && found.length < MAX_FINDINGS) {
            found.push({
              code: "InvalidType",
              segments: protoPath(schema, stack.map((open) => open.at)),
              fault: "is given twice: expected it once",
              ofKey: true,
              at: { line, column: i - lineStart + 1 },
            });
          }
          top.keys.add(key);
          isKey = false;
        }
        i = end;
        break;
      }
    }
  }
  return found;
}

function closingQuote(text: string, from: number): number {
  for (let end = text.indexOf('"', from);; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === 0x5c) backslashes++;
    if (backslashes % 2 === 0) return end;
  }
}

/** Keys are in either spelling; paths are in that of the .proto files. */
function protoPath(schema: DescMessage, keys: readonly Segment[]): Segment[] {
  let message: DescMessage | undefined = schema;
  return keys.map((key) => {
    if (typeof key === "number") return key;
    const field = message && fieldOf(message, key);
    message = field?.message;
    return field?.name ?? key;
  });
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

/**
 * How many keys the objects of a text have, counting those that stand twice; -1
 * where texts may not be well-formed Unicode. The text must be right JSON.
 */
export function countKeys(text: string): number {
  if (!text.isWellFormed()) return -1;
  const { length } = text;
  let keys = 0;
  for (let i = 0; i < length; i++) {
    if (text.charCodeAt(i) !== QUOTE) continue;
    for (i++;; i++) {
      const code = text.charCodeAt(i);
      if (code === QUOTE) break;
      if (code !== BACKSLASH) continue;
      i++;
      // \ud800 to \udfff: one half of a pair, perhaps without the other.
      if (text.charCodeAt(i) === 0x75 && (text.charCodeAt(i + 1) | 0x20) === 0x64) {
        const next = text.charCodeAt(i + 2);
        if (next >= 0x38 && (next < 0x3a || (next | 0x20) >= 0x61)) return -1;
      }
    }
    let after = i + 1;
    while (text.charCodeAt(after) <= 0x20) after++;
    if (text.charCodeAt(after) === COLON) keys++;
  }
  return keys;
}
