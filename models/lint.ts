import type { OPackage } from "@oprc/proto/package";
import { cyclicGroups, type Graph, shortestCycle } from "./_graph.ts";
import { isInRange, parseRange, parseVersion } from "./_version.ts";
import { suggest } from "./_suggest.ts";
import { quote } from "./_text.ts";

/** What kind of fault a set of packages has. */
export type LintCode =
  | "DuplicatePackage"
  | "UnknownDependency"
  | "DependencyCycle"
  | "VersionMismatch"
  | "UndeclaredDependency"
  | "UnknownFunction"
  | "UnboundFunction";

/** One fault of a set of packages. */
export interface LintIssue {
  /** What kind of fault it is. */
  readonly code: LintCode;
  /** A set with errors doesn't work; a warning is worth a look. */
  readonly severity: "error" | "warning";
  /** Name of the package that has the fault. */
  readonly package: string;
  /** Where in that package, as in a `ValidationIssue`. */
  readonly path: string;
  /** A sentence for people; it names the path, the value and what would be right. */
  readonly message: string;
}

/** What is known of a set of packages besides the packages. */
export interface LintOptions {
  /**
   * Which versions a package wants of its dependencies, as the packages themselves
   * carry names only: `{ video: { images: "^1.4.0" } }`. A range is written as for npm:
   * `^1.4.0`, `~1.4`, `1.x`, `>=1.2 <2`, `1.2 - 1.4`, alternatives with `||`.
   *
   * @default {}
   */
  readonly ranges?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** How many words may be compared for suggestions in all, which bounds the cost. */
const SUGGESTION_BUDGET = 200_000;

/**
 * Looks at a set of packages together: finds dependencies that are not in the set,
 * cycles, versions that are not wanted, bindings of functions that a dependency
 * doesn't have or that is not declared, and functions that nobody binds. Each
 * package is taken to be right by itself, which `validate` tells.
 *
 * Issues come in an order that doesn't depend on the packages' order: by the names
 * of packages, then in document order. (Of packages of one name the first counts.) Of packages that all depend on each other
 * one cycle is told, a shortest one through the first of them.
 *
 * @example
 * ```ts
 * import { createModel, lintPackages } from "@oprc/models";
 * import { OPackageSchema } from "@oprc/proto/package";
 *
 * const packages = [
 *   createModel(OPackageSchema, { name: "images", version: "1.4.0", dependencies: ["record"] }),
 *   createModel(OPackageSchema, { name: "records", version: "2.0.1" }),
 * ];
 * for (const { code, package: name, message } of lintPackages(packages)) {
 *   console.log(code, name, message); // UnknownDependency images dependencies[0] is "record", ...
 * }
 * ```
 *
 * @param packages The packages; they are not changed.
 * @param options What is known besides.
 * @returns The issues; none for a set that fits together.
 * @throws {SyntaxError} If a range is none.
 */
export function lintPackages(
  packages: Iterable<OPackage>,
  options: LintOptions = {},
): LintIssue[] {
  const sorted = [...packages].sort((a, b) => a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  return new Linter(sorted, options.ranges ?? {}).run();
}

/**
 * The names of the packages that depend on one, directly, in the order of letters:
 * those in whose way its deletion would be.
 *
 * @example
 * ```ts
 * import { createModel, dependentsOf } from "@oprc/models";
 * import { OPackageSchema } from "@oprc/proto/package";
 *
 * const packages = [createModel(OPackageSchema, { name: "images", dependencies: ["records"] })];
 * console.log(dependentsOf(packages, "records")); // [ "images" ]
 * ```
 */
export function dependentsOf(packages: Iterable<OPackage>, name: string): string[] {
  const names = new Set<string>();
  for (const pkg of packages) if (pkg.dependencies.includes(name)) names.add(pkg.name);
  return [...names].sort();
}

class Linter {
  readonly #packages: readonly OPackage[];
  readonly #ranges: NonNullable<LintOptions["ranges"]>;
  /** The first package of each name. */
  readonly #indexes = new Map<string, number>();
  /** Keys of the functions of each package. */
  readonly #functions: readonly ReadonlySet<string>[];
  /** Keys of the functions of each package that a class binds. */
  readonly #bound: readonly Set<string>[];
  /** What is said of each package, and where in it, to be sorted in the end. */
  readonly #found: { readonly index: number; readonly at: number[]; readonly issue: LintIssue }[] =
    [];
  #suggestions = SUGGESTION_BUDGET;

  constructor(packages: readonly OPackage[], ranges: NonNullable<LintOptions["ranges"]>) {
    this.#packages = packages;
    this.#ranges = ranges;
    packages.forEach(({ name }, i) => {
      if (!this.#indexes.has(name)) this.#indexes.set(name, i);
    });
    this.#functions = packages.map(({ functions }) => new Set(functions.map(({ key }) => key)));
    this.#bound = packages.map(() => new Set());
  }

  run(): LintIssue[] {
    this.#packages.forEach((pkg, i) => {
      const first = this.#indexes.get(pkg.name)!;
      if (first !== i) {
        this.#report(
          i,
          [NAME],
          "DuplicatePackage",
          "name",
          `is ${quote(pkg.name)}, the name of another package of the set: expected each once`,
        );
      }
      this.#lintBindings(pkg, i);
      this.#lintDependencies(pkg, i);
    });
    this.#lintCycles();
    this.#lintUnbound();
    return this.#found
      .sort((a, b) => a.index - b.index || compareLists(a.at, b.at))
      .map(({ issue }) => issue);
  }

  #lintBindings(pkg: OPackage, index: number): void {
    const declared = new Set(pkg.dependencies);
    pkg.classes.forEach((cls, c) =>
      cls.functions.forEach(({ functionKey }, f) => {
        const report = (code: LintCode, fault: string) =>
          this.#report(
            index,
            [CLASSES, c, f],
            code,
            `classes[${c}].functions[${f}].function_key`,
            `is ${quote(functionKey)}, ${fault}`,
          );
        if (this.#functions[index]!.has(functionKey)) {
          this.#bound[index]!.add(functionKey);
          return;
        }
        const slash = functionKey.indexOf("/");
        if (slash < 0) {
          return report("UnknownFunction", "but the package has no such function");
        }
        const dependency = functionKey.slice(0, slash);
        const key = functionKey.slice(slash + 1);
        const target = this.#indexes.get(dependency);
        if (!declared.has(dependency)) {
          const advice = target === undefined ? "and no package of the set either" : "add it there";
          report(
            "UndeclaredDependency",
            `but ${quote(dependency)} is not among the dependencies: ${advice}`,
          );
        }
        if (target === undefined) return;
        if (this.#functions[target]!.has(key)) this.#bound[target]!.add(key);
        else report("UnknownFunction", `but ${quote(dependency)} has no function ${quote(key)}`);
      })
    );
  }

  #lintDependencies(pkg: OPackage, index: number): void {
    const ranges = Object.hasOwn(this.#ranges, pkg.name) ? this.#ranges[pkg.name]! : {};
    pkg.dependencies.forEach((dependency, d) => {
      const target = this.#indexes.get(dependency);
      if (target === undefined) {
        const meant = this.#suggest(dependency);
        this.#report(
          index,
          [DEPENDENCIES, d],
          "UnknownDependency",
          `dependencies[${d}]`,
          `is ${quote(dependency)}, which is no package of the set` +
            (meant === undefined ? "" : `: did you mean ${quote(meant)}?`),
        );
      } else if (Object.hasOwn(ranges, dependency)) {
        this.#lintVersion(pkg, index, d, this.#packages[target]!, ranges[dependency]!);
      }
    });
    for (const dependency of Object.keys(ranges).sort()) {
      if (pkg.dependencies.includes(dependency)) continue;
      this.#report(
        index,
        [DEPENDENCIES, pkg.dependencies.length],
        "UndeclaredDependency",
        "dependencies",
        `lacks ${quote(dependency)}, of which a version is wanted: add it there`,
      );
    }
  }

  #lintVersion(pkg: OPackage, index: number, d: number, target: OPackage, text: string): void {
    const range = parseRange(text);
    if (range === undefined) {
      throw new SyntaxError(
        `Cannot lint package ${quote(pkg.name)}: ${quote(text)}, wanted of ` +
          `${quote(target.name)}, is no version range such as "^1.4.0"`,
      );
    }
    const version = parseVersion(target.version ?? "");
    if (version !== undefined && isInRange(version, range)) return;
    const has = target.version === undefined ? "states no version" : `is ${quote(target.version)}`;
    this.#report(
      index,
      [DEPENDENCIES, d],
      "VersionMismatch",
      `dependencies[${d}]`,
      `is ${quote(target.name)}, which ${has}: expected ${quote(text)}`,
    );
  }

  #lintCycles(): void {
    const graph: Graph = this.#packages.map((pkg, i) =>
      // Of packages of one name the first is the one that others depend on.
      this.#indexes.get(pkg.name) !== i
        ? []
        : pkg.dependencies.flatMap((name) => this.#indexes.get(name) ?? [])
    );
    for (const group of cyclicGroups(graph)) {
      const start = group.reduce((a, b) => Math.min(a, b));
      const cycle = shortestCycle(graph, start, group);
      const next = this.#packages[cycle[1] ?? start]!.name;
      const d = this.#packages[start]!.dependencies.indexOf(next);
      this.#report(
        start,
        [DEPENDENCIES, d],
        "DependencyCycle",
        `dependencies[${d}]`,
        `closes a cycle: ${this.#nameCycle(cycle)}`,
      );
    }
  }

  #nameCycle(cycle: readonly number[]): string {
    const names = [...cycle, cycle[0]!].map((i) => this.#packages[i]!.name);
    if (names.length <= CYCLE_SHOWN) return names.join(" → ");
    const left = names.length - CYCLE_SHOWN;
    return [...names.slice(0, CYCLE_SHOWN - 1), `(${left} more)`, names.at(-1)].join(" → ");
  }

  #lintUnbound(): void {
    this.#packages.forEach(({ functions }, i) =>
      functions.forEach(({ key }, f) => {
        if (this.#bound[i]!.has(key)) return;
        this.#report(
          i,
          [FUNCTIONS, f],
          "UnboundFunction",
          `functions[${f}]`,
          `is ${quote(key)}, which no class of the set binds`,
          "warning",
        );
      })
    );
  }

  #suggest(name: string): string | undefined {
    if (this.#suggestions < this.#indexes.size) return undefined;
    this.#suggestions -= this.#indexes.size;
    return suggest(name, this.#indexes.keys());
  }

  #report(
    index: number,
    at: number[],
    code: LintCode,
    path: string,
    fault: string,
    severity: LintIssue["severity"] = "error",
  ): void {
    const { name } = this.#packages[index]!;
    const issue = { code, severity, package: name, path, message: `${path} ${fault}` };
    this.#found.push({ index, at, issue });
  }
}

/** A longer cycle is shown in part. */
const CYCLE_SHOWN = 20;

// The order of the fields in the .proto file.
const NAME = 1;
const CLASSES = 3;
const FUNCTIONS = 4;
const DEPENDENCIES = 5;

function compareLists(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    if (a[i] !== b[i]) return a[i]! - b[i]!;
  }
  return a.length - b.length;
}
