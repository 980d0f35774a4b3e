import type { OClass, OPackage } from "@oprc/proto/package";

/** Up to this many elements a loop beats building a map, and allocates nothing. */
const SHORT_LIST = 8;

type Keyed = { readonly key?: string; readonly functionKey?: string } | undefined;

/** The keys of a list's elements, looked up quickly whatever its length. */
export class Keys {
  readonly #list: readonly unknown[];
  readonly #field: "key" | "functionKey" | undefined;
  #indexes: Map<string, number> | undefined = undefined;

  /** `field` is where an element has its key; undefined if it is the key. */
  constructor(list: unknown, field: "key" | "functionKey" | undefined) {
    this.#list = Array.isArray(list) ? list : [];
    this.#field = field;
  }

  /** Index of the first element with this key, or -1. */
  indexOf(key: string): number {
    const { length } = this.#list;
    if (length > SHORT_LIST) return this.#index().get(key) ?? -1;
    for (let i = 0; i < length; i++) if (this.#keyAt(i) === key) return i;
    return -1;
  }

  /** Whether an element has this key. */
  has(key: string): boolean {
    return this.indexOf(key) >= 0;
  }

  /** No two elements have the same key. */
  isUnique(): boolean {
    const { length } = this.#list;
    if (length > SHORT_LIST) return this.#index().size === length;
    for (let i = 1; i < length; i++) {
      const key = this.#keyAt(i);
      for (let j = 0; j < i; j++) if (this.#keyAt(j) === key) return false;
    }
    return true;
  }

  // The messages may be wrongly built, so an element may be no object at all.
  #keyAt(i: number): string {
    const element = this.#list[i];
    if (this.#field === undefined) return element as string;
    const keyed = element as Keyed;
    return (this.#field === "key" ? keyed?.key : keyed?.functionKey) ?? "";
  }

  #index(): Map<string, number> {
    if (this.#indexes !== undefined) return this.#indexes;
    const indexes = new Map<string, number>();
    // From the end, so that the first element with a key is the one that stays.
    for (let i = this.#list.length - 1; i >= 0; i--) indexes.set(this.#keyAt(i), i);
    return this.#indexes = indexes;
  }
}

/** What the rules of a package's parts need to know of the package. */
export class PackageScope {
  /** The package's name; may be empty. */
  readonly name: string;
  /** Its functions by key. */
  readonly functions: Keys;
  readonly #package: OPackage;
  #classes: Keys | undefined = undefined;
  #dependencies: Keys | undefined = undefined;

  constructor(value: OPackage) {
    this.name = typeof value.name === "string" ? value.name : "";
    this.functions = new Keys(value.functions, "key");
    this.#package = value;
  }

  /** Its classes by key. */
  get classes(): Keys {
    return this.#classes ??= new Keys(this.#package.classes, "key");
  }

  /** Its declared dependencies. */
  get dependencies(): Keys {
    return this.#dependencies ??= new Keys(this.#package.dependencies, undefined);
  }
}

/** What the rules of a binding need to know of its class. */
export class ClassScope {
  /** The class's bindings by the key of the function they bind. */
  readonly bindings: Keys;

  constructor(value: OClass) {
    this.bindings = new Keys(value.functions, "functionKey");
  }
}

/** Where a rule is asked: the enclosing package and class, and the index in the list. */
export interface Scope {
  /** The package around the message, if it was reached through one. */
  readonly package: PackageScope | undefined;
  /** The class around the message, if it was reached through one. */
  readonly class: ClassScope | undefined;
  /** Index of the message in the list that holds it, or -1. */
  readonly index: number;
}

/** The scope of a message that is not looked at as part of another. */
export class OpenScope implements Scope {
  package: PackageScope | undefined = undefined;
  class: ClassScope | undefined = undefined;
  readonly index: number = -1;
}
