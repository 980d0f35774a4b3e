/**
 * What kind of rule an issue breaks. The codes are the same in every language
 * of the platform.
 */
export type IssueCode =
  | "EmptyPackageName"
  | "DuplicateClassKey"
  | "DuplicateFunctionKey"
  | "DuplicateBinding"
  | "EmptyDependencyName"
  | "EmptyClassKey"
  | "EmptyFunctionBindings"
  | "EmptyField"
  | "OutOfRange"
  | "InvalidResourceRequirement"
  | "InvalidNfrRequirement"
  | "InvalidName"
  | "InvalidVersion"
  | "InvalidStatus"
  | "PackageMismatch"
  | "UnknownFunction"
  | "UnknownField"
  | "InvalidType";

/** One fault of a message or of a document: which rule, where, and what would be right. */
export interface ValidationIssue {
  /** Which rule is broken. */
  readonly code: IssueCode;
  /**
   * Where, in the field names of the .proto files, from the message that was
   * given: `classes[2].functions[0].function_key`. Empty for the message itself.
   * `toJsonPointer` makes a JSON Pointer of it.
   */
  readonly path: string;
  /** A sentence for people; it names the path, the value and what would be right. */
  readonly message: string;
  /** Line in the text that was read, from 1; absent where the position is not known. */
  readonly line?: number;
  /** Column in that line, from 1; absent where the position is not known. */
  readonly column?: number;
}
