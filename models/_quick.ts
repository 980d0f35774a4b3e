// The common case, in which nothing is wrong: code generated for each message
// settles it, and only where that gives up the slower code looks for every issue.
import type { DescMessage } from "@bufbuild/protobuf";
import { checks } from "./gen/check.ts";
import { quickReaders } from "./gen/read.ts";
import { countKeys } from "./_json_text.ts";
import { ofSchema } from "./_own_schema.ts";
import { OpenScope } from "./_scope.ts";

/** True only for a message that keeps all rules; false tells nothing. */
export function isSurelyRight(schema: DescMessage, message: unknown): boolean {
  const check = ofSchema(checks, schema);
  return check !== undefined && check(message, new OpenScope());
}

/**
 * Makes a message of a JSON text and what JSON.parse made of it; undefined, which
 * tells nothing, where anything is out of the ordinary.
 */
export function readQuickly(schema: DescMessage, text: string, value: unknown): unknown {
  const read = ofSchema(quickReaders, schema);
  if (read === undefined) return undefined;
  const tally = { keys: 0 };
  const message = read(value, tally);
  // JSON.parse keeps the last of keys that stand twice; then the text has more of them.
  return message !== undefined && countKeys(text) === tally.keys ? message : undefined;
}
