import type { OPackage } from "@oprc/proto/package";
import { namePattern } from "./_pattern.ts";
import { type Query, type Term, term } from "./_terms.ts";
import type { PackageFilter } from "./package_storage.ts";

/** What packages can be found by. */
export function packageTerms({ metadata, dependencies, disabled }: OPackage): Term[] {
  return [
    ...metadata ? [term("author", metadata.author)] : [],
    ...(metadata?.tags ?? []).map((tag) => term("tag", tag)),
    term("disabled", String(disabled)),
    ...dependencies.map((dependency) => term("dependency", dependency)),
  ];
}

/** What a filter asks of packages. */
export function packageQuery({ name, author, tags, disabled, dependency }: PackageFilter): Query {
  return {
    name: name === undefined ? undefined : namePattern(name),
    terms: [
      ...author === undefined ? [] : [term("author", author)],
      ...(tags ?? []).map((tag) => term("tag", tag)),
      ...disabled === undefined ? [] : [term("disabled", String(disabled))],
      ...dependency === undefined ? [] : [term("dependency", dependency)],
    ],
  };
}
