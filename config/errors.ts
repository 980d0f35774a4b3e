/**
 * What kind of problem an issue is:
 * - `invalid_value`: a value of the wrong type or outside its rules
 * - `missing`: a required setting that nothing sets
 * - `unknown_key`: a key, variable or argument that names no setting
 * - `ambiguous`: one setting given twice in one place
 * - `unset_variable`: `${NAME}` of a variable that isn't set
 * - `malformed`: a file or text that can't be parsed, or is too large to be a configuration
 * - `unreadable`: a file that should be there and can't be read
 */
export type ConfigIssueCode =
  | "invalid_value"
  | "missing"
  | "unknown_key"
  | "ambiguous"
  | "unset_variable"
  | "malformed"
  | "unreadable";

/** One problem of a configuration. Never holds a secret. */
export interface ConfigIssue {
  /** What kind of problem it is. */
  readonly code: ConfigIssueCode;
  /** The setting, as files spell it: `server.port`, `storage.etcd.endpoints[1]`; empty for a whole file. */
  readonly path: string;
  /** What was found and what is right. */
  readonly message: string;
  /** `config/default.yaml:3:5`, the variable `OAAS_SERVER__PORT`, `--set server.port` or `overrides`. */
  readonly where: string;
  /** What was probably meant, in the spelling of `where`. */
  readonly suggestion?: string;
}

/**
 * A configuration that can't be used, with every problem that was found. Its
 * message holds one line an issue: `where: path: message`.
 */
export class ConfigError extends Error {
  /** The name by which {@link isConfigError} knows the class across copies of this package. */
  override readonly name = "ConfigError";
  /** What failed: the configuration isn't valid. */
  readonly code = "invalid_config";
  /** Every problem, sorted by layer and position. */
  readonly issues: readonly ConfigIssue[];

  /**
   * An error that says all the issues.
   *
   * @param issues Every problem, at least one.
   */
  constructor(issues: readonly ConfigIssue[]) {
    super(issues.map(formatIssue).join("\n"));
    this.issues = issues;
  }
}

function formatIssue(issue: ConfigIssue): string {
  return [issue.where, issue.path, issue.message].filter((part) => part !== "").join(": ");
}

/**
 * Whether a value is a {@link ConfigError}, of this or another copy of the package.
 *
 * @param error What was caught.
 */
export function isConfigError(error: unknown): error is ConfigError {
  return error instanceof Error && error.name === "ConfigError" &&
    (error as { code?: unknown }).code === "invalid_config";
}
