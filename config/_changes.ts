/** Which settings differ between two configurations. */
import { fields, formatPath, isMapping, type Path } from "./values.ts";
import type { Schema } from "./schema.ts";

/** The paths whose values differ, in the order of the schema. */
export function changedPaths(
  schema: Schema<unknown> | undefined,
  before: unknown,
  after: unknown,
): string[] {
  const paths: string[] = [];
  walk(schema, before, after, [], (path) => paths.push(formatPath(path)));
  return paths;
}

function walk(
  schema: Schema<unknown> | undefined,
  before: unknown,
  after: unknown,
  path: Path,
  report: (path: Path) => void,
): void {
  if (!isMapping(before) || !isMapping(after)) {
    if (!equal(before, after)) report(path);
    return;
  }
  if (schema?.kind === "object") {
    for (const [name, field] of fields(schema)) {
      walk(field.schema, before[field.name], after[field.name], [...path, name], report);
    }
    return;
  }
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    walk(schema?.item, before[key], after[key], [...path, key], report);
  }
}

/** Whether two values from YAML, variables or code are the same. */
function equal(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (a instanceof Date && b instanceof Date) return a.getTime() === b.getTime();
  if (a instanceof Uint8Array && b instanceof Uint8Array) return equal([...a], [...b]);
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => equal(item, b[index]));
  }
  if (!isMapping(a) || !isMapping(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && equal(a[key], b[key]));
}
