/** Problems that the schema of another library finds. */
import type { Layers } from "./loader.ts";
import type { Node, Problem } from "./values.ts";
import type { StandardSchemaIssue } from "./standard_schema.ts";

/** An issue of another library's schema, at the value that its path leads to. */
export function foreign(issue: StandardSchemaIssue, root: Node, { secrets }: Layers): Problem {
  const path = (issue.path ?? []).map((step) => {
    const key = typeof step === "object" ? step.key : step;
    return typeof key === "symbol" ? String(key) : key;
  });
  let node = root;
  let whole = true;
  for (const key of path) {
    const next: Node | undefined = node.type === "map"
      ? node.entries.get(String(key))
      : node.type === "list"
      ? node.items[Number(key)]
      : undefined;
    whole = next !== undefined;
    if (next === undefined) break;
    node = next;
  }
  return {
    code: whole ? "invalid_value" : "missing",
    path,
    message: secrets.hide(issue.message).replace(/\s+/g, " "),
    origin: node.origin,
    point: whole ? "value" : "key",
  };
}
