import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import type { IssueCode } from "./issue.ts";
import type { Scope } from "./_scope.ts";

/** One rule for the values of a field. */
export interface Rule<V, M = unknown> {
  /** What is reported when it is broken. */
  readonly code: IssueCode;
  /** The rule in words, to be read after "must": `be at least 1`. */
  readonly must: string;
  /** The rule is asked about "" and absence too; others take them for "not stated". */
  readonly ofEmpty?: boolean;
  /**
   * Whether the value keeps the rule. A named function that a module exports, so
   * that generated code can call it.
   */
  readonly holds: (value: V, owner: M, scope: Scope) => boolean;
  /** What is wrong with a value that breaks the rule, to be read after its path. */
  readonly fault: (value: V, owner: M, scope: Scope) => string;
  /**
   * A quicker question: where it is answered with yes, this rule and all others of
   * the field are kept; no tells nothing. Exported by name too.
   */
  readonly settles?: (value: V, owner: M, scope: Scope) => boolean;
  /** The quick check asks the message around the list once instead; see `whole`. */
  readonly inWhole?: true;
  /** The rule is this library's, not the wire contract's. */
  readonly isOwn?: true;
}

/**
 * The rules of a field. They are asked in turn until one is broken: one fault
 * makes one issue, so the more basic rule stands first. For a repeated field
 * there are rules for the list and rules for each element.
 */
export type FieldRules<V, M> = V extends readonly (infer E)[] ? {
    readonly list?: readonly Rule<V, M>[];
    readonly each?: readonly Rule<E, M>[];
  }
  : readonly Rule<V, M>[];

/** The rules of a message, by the fields' names in TypeScript. */
export type RuleTable<M> = {
  readonly [K in Exclude<keyof M, `$${string}`>]?: FieldRules<NonNullable<M[K]>, M>;
};

/** The rules of a field as the walk sees them, when the types have done their work. */
export interface AnyFieldRules {
  // deno-lint-ignore no-explicit-any
  readonly own: readonly Rule<any>[];
  // deno-lint-ignore no-explicit-any
  readonly each: readonly Rule<any>[];
}

/** Asks of a whole message what the rules `inWhole` ask of each of its parts. */
// deno-lint-ignore no-explicit-any
export type WholeCheck = (message: any, scope: Scope) => boolean;

/** The rules of one type of message. */
export interface MessageRules {
  readonly schema: DescMessage;
  readonly fields: ReadonlyMap<string, AnyFieldRules>;
  readonly whole: WholeCheck | undefined;
  /** All of its rules are this library's, not the wire contract's. */
  readonly isOwn: boolean;
}

/** Makes the rules of a type of message. */
export function rulesOf<Desc extends DescMessage>(
  schema: Desc,
  table: RuleTable<MessageShape<Desc>>,
  options: { readonly whole?: WholeCheck; readonly isOwn?: boolean } = {},
): MessageRules {
  const fields = new Map<string, AnyFieldRules>();
  for (const [name, rules] of Object.entries(table)) {
    fields.set(
      name,
      Array.isArray(rules)
        ? { own: rules, each: [] }
        // deno-lint-ignore no-explicit-any
        : { own: (rules as any).list ?? [], each: (rules as any).each ?? [] },
    );
  }
  return { schema, fields, whole: options.whole, isOwn: options.isOwn ?? false };
}
