import type { NamePattern } from "./_pattern.ts";

/** A property of a record that lists can be filtered by: a field with its value, as one text. */
export type Term = string;

/** Makes a term. */
export function term(field: string, ...values: readonly string[]): Term {
  return `${field}\0${values.join("\0")}`;
}

/** What a filter asks for: a name, and terms of which a record must have all. */
export interface Query {
  readonly name: NamePattern | undefined;
  readonly terms: readonly Term[];
}

/** Whether a query lets everything through. */
export function asksForAll({ name, terms }: Query): boolean {
  return name === undefined && terms.length === 0;
}

/** Whether a record of a name that has certain terms is what a query asks for. */
export function answers(query: Query, name: string, has: readonly Term[]): boolean {
  if (query.name && !query.name.matches(name)) return false;
  return query.terms.every((wanted) => has.includes(wanted));
}
