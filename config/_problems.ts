/** Problems as they are found, before their positions are looked up. */
import type { ConfigIssueCode } from "./errors.ts";
import { formatPath, type Path } from "./_names.ts";
import type { Origin } from "./_tree.ts";

export interface Problem {
  readonly code: ConfigIssueCode;
  readonly path: Path;
  readonly message: string;
  readonly origin: Origin;
  /** Whether the key or the value is at fault; both lead to a position. */
  readonly point: "key" | "value";
  readonly suggestion?: string;
  /** The setting that was probably meant, so that its absence isn't reported as well. */
  readonly meant?: string;
}

export class Problems {
  readonly list: Problem[] = [];
  readonly #allowUnknown: boolean;

  constructor({ allowUnknown = false }: { readonly allowUnknown?: boolean } = {}) {
    this.#allowUnknown = allowUnknown;
  }

  add(problem: Problem): void {
    const unknown = problem.code === "unknown_key" && problem.origin.source.layer !== "arguments";
    if (unknown && this.#allowUnknown) return;
    this.list.push(problem);
  }

  /**
   * Whether a problem explains why nothing stands at a path: a misspelled key
   * that meant it, something wrong with what should hold it, a lost file.
   */
  explain(path: Path): boolean {
    const text = formatPath(path);
    return this.list.some((problem) =>
      problem.meant === text || isLost(problem) ||
      (problem.code !== "unknown_key" && problem.path.length > 0 && isPrefix(problem.path, path))
    );
  }

  /** Whether what is known of a path is incomplete: a problem there, below it, or above it. */
  touch(path: Path): boolean {
    return this.list.some((problem) =>
      isLost(problem) || problem.meant?.startsWith(`${formatPath(path)}.`) ||
      (problem.path.length > 0 && (isPrefix(path, problem.path) || isPrefix(problem.path, path)))
    );
  }
}

/** Whether a whole file or text is missing from the configuration. */
function isLost(problem: Problem): boolean {
  return problem.path.length === 0 &&
    (problem.code === "malformed" || problem.code === "unreadable");
}

function isPrefix(short: Path, long: Path): boolean {
  return short.length <= long.length && short.every((key, index) => key === long[index]);
}
