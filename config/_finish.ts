/** Checking the merged layers. */
import { check } from "./_check.ts";
import type { ConfigIssue } from "./errors.ts";
import type { ExplainedSource } from "./explanation.ts";
import type { Layers, ReadOptions } from "./_read_layers.ts";
import { gatherSecrets, type Secrets } from "./_redact.ts";
import type { FileReader, Schema } from "./schema.ts";
import type { StandardSchemaV1 } from "./standard_schema.ts";
import { type Node, plain } from "./_tree.ts";

/** What a load leaves behind. */
export interface LoadState {
  readonly schema: Schema<unknown> | undefined;
  readonly root: Node;
  /** The value given to the caller, undefined when the load failed. */
  readonly value: unknown;
  readonly secrets: Secrets;
  readonly sources: readonly ExplainedSource[];
  readonly prefix: string;
}

export async function finish(
  schema: StandardSchemaV1,
  native: Schema<unknown> | undefined,
  layers: Layers,
  options: ReadOptions,
): Promise<{ readonly state: LoadState; readonly issues: readonly ConfigIssue[] }> {
  const { problems, secrets, sources } = layers;
  let root: Node = layers.root;
  if (layers.joins) {
    const { fillRests } = await import("./_rest.ts");
    root = fillRests(native, root);
  }
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
    else {
      const { foreign } = await import("./_foreign.ts");
      for (const issue of result.issues) problems.add(foreign(issue, root, layers));
    }
  }
  const state: LoadState = {
    schema: native,
    root,
    value: problems.list.length === 0 ? value : undefined,
    secrets,
    sources,
    prefix: options.prefix,
  };
  if (problems.list.length === 0) return { state, issues: [] };
  const { placeAll } = await import("./_place.ts");
  return { state, issues: await placeAll(problems.list, sources) };
}
