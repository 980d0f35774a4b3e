import type { OClass, OPackage } from "@oprc/proto/package";

/** Up to this many elements a loop beats building a map, and allocates nothing. */
const SHORT_LIST = 16;

/** A list in which elements are looked up by a key, quickly whatever its length. */
class KeyedList<T> {
  readonly #list: readonly T[];
  readonly #keyOf: (element: T) => string;
  #indexes: Map<string, number> | undefined;

  constructor(list: unknown, keyOf: (element: T) => string) {
    this.#list = Array.isArray(list) ? list : [];
    this.#keyOf = keyOf;
  }

  /** Index of the first element with this key, or -1. */
  indexOf(key: string): number {
    if (this.#list.length > SHORT_LIST) {
      this.#indexes ??= this.#index();
      return this.#indexes.get(key) ?? -1;
    }
    for (let i = 0; i < this.#list.length; i++) {
      if (this.#keyOf(this.#list[i]!) === key) return i;
    }
    return -1;
  }

  #index(): Map<string, number> {
    const indexes = new Map<string, number>();
    for (let i = 0; i < this.#list.length; i++) {
      const key = this.#keyOf(this.#list[i]!);
      if (!indexes.has(key)) indexes.set(key, i);
    }
    return indexes;
  }
}

// The messages may be wrongly built, so an element may be no object at all.
const keyOf = (it: { key?: string }): string => it?.key ?? "";

/** What the rules of a package's parts need to know of the package. */
export class PackageScope {
  /** The package's name; may be empty. */
  readonly name: string;
  /** Its classes by key. */
  readonly classes: KeyedList<{ key?: string }>;
  /** Its functions by key. */
  readonly functions: KeyedList<{ key?: string }>;
  /** Its declared dependencies. */
  readonly dependencies: KeyedList<string>;

  constructor(value: OPackage) {
    this.name = typeof value.name === "string" ? value.name : "";
    this.classes = new KeyedList(value.classes, keyOf);
    this.functions = new KeyedList(value.functions, keyOf);
    this.dependencies = new KeyedList(value.dependencies, (name: string) => name);
  }
}

/** What the rules of a binding need to know of its class. */
export class ClassScope {
  /** The class's bindings by the key of the function they bind. */
  readonly bindings: KeyedList<{ functionKey?: string }>;

  constructor(value: OClass) {
    this.bindings = new KeyedList(value.functions, (it) => it?.functionKey ?? "");
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
