import type { ValidationIssue } from "./issue.ts";

/** How many issues the message of an error spells out; `issues` holds them all. */
const SHOWN = 5;

/** Thrown for a message or a document that breaks rules; carries all of its issues. */
export class ValidationError extends Error {
  /** Always `"ValidationError"`. */
  override readonly name: "ValidationError" = "ValidationError";
  /** Always `"invalid_model"`; it tells the errors of this package from others of that name. */
  readonly code: "invalid_model" = "invalid_model";
  /** Every issue found, in document order; at least one. */
  readonly issues: readonly ValidationIssue[];

  /**
   * Makes an error of issues.
   *
   * @param subject What was checked, such as the full name of the message.
   * @param issues What is wrong with it.
   * @param options The error that led to this one, if there was one.
   */
  constructor(subject: string, issues: readonly ValidationIssue[], options?: ErrorOptions) {
    super(summary(subject, issues), options);
    this.issues = issues;
  }
}

/**
 * Tells whether a value is a {@linkcode ValidationError}, by its name and code,
 * so that two copies of this package understand each other.
 *
 * @example
 * ```ts
 * import { fromJson, isValidationError } from "@oprc/models";
 * import { OPackageSchema } from "@oprc/proto/package";
 *
 * try {
 *   fromJson(OPackageSchema, `{"nmae":"images"}`);
 * } catch (error) {
 *   if (!isValidationError(error)) throw error;
 *   for (const issue of error.issues) console.log(issue.message);
 * }
 * ```
 */
export function isValidationError(value: unknown): value is ValidationError {
  if (typeof value !== "object" || value === null) return false;
  const { name, code } = value as { name?: unknown; code?: unknown };
  return name === "ValidationError" && code === "invalid_model";
}

function summary(subject: string, issues: readonly ValidationIssue[]): string {
  const count = issues.length === 1 ? "1 issue" : `${issues.length} issues`;
  const lines = issues.slice(0, SHOWN).map((issue) => `\n  ${place(issue)}${issue.message}`);
  const rest = issues.length - SHOWN;
  if (rest > 0) lines.push(`\n  and ${rest} more`);
  return `Invalid ${subject}: ${count}${lines.join("")}`;
}

function place({ line, column }: ValidationIssue): string {
  if (line === undefined) return "";
  return column === undefined ? `line ${line}: ` : `line ${line}, column ${column}: `;
}
