/** Keeping secrets out of everything that is printed. */
import { fields, fileName, type Path, remembered } from "./_names.ts";
import type { Schema } from "./schema.ts";
import type { Node } from "./_tree.ts";

/** What stands in the place of a secret. */
export const REDACTED = "[secret]";

const SECRET_NAME =
  /pass(?:word|wd|phrase)|(?:^|_)(?:pass|pwd|pat|jwt|dsn)(?:$|_)|secret|token|credential|cookie|(?:api|private|access|signing|encryption|secret|auth|shared)_?key/;

/** Whether a name says that its value is a secret. */
export const isSecretName: (name: string) => boolean = remembered((name) =>
  SECRET_NAME.test(fileName(name).replace(/[-. ]/g, "_"))
);

/** Whether the value at a path is a secret: by the schema's word, else by the names on the way. */
export function isSecret(schema: Schema<unknown> | undefined, path: Path): boolean {
  if (schema?.secret !== undefined) return schema.secret;
  return path.some((key) => typeof key === "string" && isSecretName(key));
}

/** Whether a secret may stand at a path or anywhere below it. */
export function holdsSecret(schema: Schema<unknown>, path: Path): boolean {
  if (isSecret(schema, path)) return true;
  if (schema.item !== undefined) return holdsSecret(schema.item, [...path, "*"]);
  return schema.kind === "object" &&
    [...fields(schema)].some(([name, field]) => holdsSecret(field.schema, [...path, name]));
}

/** Hides the user and password of every URL in a text. */
export function hideUrlCredentials(text: string): string {
  return text.replace(/([A-Za-z][A-Za-z0-9+.-]*:\/\/)[^\s/?#]*@/g, `$1${REDACTED}@`);
}

/** Gathers the secrets of one load, so that no text made by others can show one. */
export class Secrets {
  readonly #values = new Set<string>();
  #gather: ((secrets: Secrets) => void) | undefined;

  /** Secrets that are gathered when a text is first to be hidden: most loads print nothing. */
  later(gather: (secrets: Secrets) => void): void {
    this.#gather = gather;
  }

  /** Remembers a value. Very short ones would blot out harmless text, and are left to the marks. */
  add(value: unknown): void {
    if (typeof value === "string" && value.length >= 4) this.#values.add(value);
    else if (Array.isArray(value)) { for (const item of value) this.add(item); }
    else if (typeof value === "object" && value !== null) {
      for (const item of Object.values(value)) this.add(item);
    }
  }

  /** The text without any of the secrets. */
  hide(text: string): string {
    this.#gather?.(this);
    this.#gather = undefined;
    let hidden = hideUrlCredentials(text);
    // The longest first: a secret may be part of another.
    for (const value of [...this.#values].sort((a, b) => b.length - a.length)) {
      hidden = hidden.replaceAll(value, REDACTED);
      const quoted = JSON.stringify(value).slice(1, -1);
      if (quoted !== value) hidden = hidden.replaceAll(quoted, REDACTED);
    }
    return hidden;
  }
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
