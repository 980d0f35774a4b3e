/** What a load leaves behind, and the secrets in it. */
import type { ExplainedSource } from "./explanation.ts";
import { fields } from "./_native.ts";
import type { Path } from "./_names.ts";
import { isSecret, type Secrets } from "./_redact.ts";
import type { Node } from "./_tree.ts";
import type { Schema } from "./schema.ts";

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

/** Gathers every secret of a tree, also those that higher layers shadow. */
export function gatherSecrets(
  schema: Schema<unknown> | undefined,
  node: Node,
  path: Path,
  secrets: Secrets,
): void {
  for (const each of node.shadowed) gatherSecrets(schema, each, path, secrets);
  if (node.type === "leaf") {
    if (node.secret || isSecret(schema, path)) secrets.add(node.value);
  } else if (node.type === "list") {
    for (const [index, item] of node.items.entries()) {
      gatherSecrets(schema?.item, item, [...path, index], secrets);
    }
  } else {
    for (const [key, item] of node.entries) {
      const inner = schema?.kind === "object" ? fields(schema).get(key)?.schema : schema?.item;
      gatherSecrets(inner, item, [...path, key], secrets);
    }
  }
}
