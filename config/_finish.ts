/** Checking the merged layers, and placing every problem. */
import { check } from "./_check.ts";
import type { ConfigIssue } from "./errors.ts";
import { gatherSecrets, type LoadState } from "./_load_state.ts";
import { LAYERS } from "./layers.ts";
import { formatPath } from "./_names.ts";
import { fillRests } from "./_rest.ts";
import type { Problem } from "./_problems.ts";
import type { Layers, ReadOptions } from "./_read_layers.ts";
import type { FileReader, Schema } from "./schema.ts";
import type { StandardSchemaIssue, StandardSchemaV1 } from "./standard_schema.ts";
import { type Node, plain, type Position } from "./_tree.ts";

export async function finish(
  schema: StandardSchemaV1,
  native: Schema<unknown> | undefined,
  layers: Layers,
  options: ReadOptions,
): Promise<{ readonly state: LoadState; readonly issues: readonly ConfigIssue[] }> {
  const { problems, secrets, sources } = layers;
  const root = layers.joins ? fillRests(native, layers.root) : layers.root;
  secrets.later(() => gatherSecrets(native, root, [], secrets));
  let value: unknown;
  if (native !== undefined) {
    const later: ((read: FileReader) => Promise<void>)[] = [];
    const context = { problems, secrets, prefix: options.prefix, later };
    value = check(native, root, [], root.origin, context);
    // One after the other, so that the same faults always come in the same order.
    if (options.checkFiles) { for (const ask of later) await ask(options.readFile); }
  } else if (problems.list.length === 0) {
    // A schema of another library would report what broken values leave out.
    const result = await schema["~standard"].validate(plain(root));
    if (result.issues === undefined) value = result.value;
    else for (const issue of result.issues) problems.add(foreign(issue, root, layers));
  }
  const state: LoadState = {
    schema: native,
    root,
    value: problems.list.length === 0 ? value : undefined,
    secrets,
    sources,
    prefix: options.prefix,
  };
  return { state, issues: await placeAll(problems.list, sources) };
}

/** An issue of another library's schema, at the value that its path leads to. */
function foreign(issue: StandardSchemaIssue, root: Node, { secrets }: Layers): Problem {
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

async function placeAll(
  problems: readonly Problem[],
  sources: LoadState["sources"],
): Promise<ConfigIssue[]> {
  if (problems.length === 0) return [];
  const { formatWhere, Positions } = await import("./_positions.ts");
  const positions = new Positions();
  const placed: { problem: Problem; position: Position | undefined }[] = [];
  for (const problem of problems) {
    placed.push({ problem, position: await positions.find(problem.origin, problem.point) });
  }
  const rank = ({ problem }: typeof placed[number]) => LAYERS.indexOf(problem.origin.source.layer);
  // Several profiles are files of one layer.
  const order = new Map(sources.map(({ where }, index) => [where, index]));
  const file = ({ problem }: typeof placed[number]) => order.get(problem.origin.source.name) ?? -1;
  const text = ({ problem }: typeof placed[number]) =>
    `${problem.origin.source.name}\n${formatPath(problem.path)}\n${problem.message}`;
  placed.sort((a, b) =>
    rank(a) - rank(b) || file(a) - file(b) ||
    (a.position?.line ?? 0) - (b.position?.line ?? 0) ||
    (a.position?.column ?? 0) - (b.position?.column ?? 0) ||
    (text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : 0)
  );
  return placed.map(({ problem, position }) => ({
    code: problem.code,
    path: formatPath(problem.path),
    message: problem.message,
    where: formatWhere(problem.origin, position),
    ...(problem.suggestion === undefined ? {} : { suggestion: problem.suggestion }),
  }));
}
