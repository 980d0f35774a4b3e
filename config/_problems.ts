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

  add(problem: Problem): void {
    this.list.push(problem);
  }

  /**
   * Whether a problem explains why nothing stands at a path: a misspelled key
   * that meant it, or something wrong with what should hold it.
   */
  concern(path: Path): boolean {
    const text = formatPath(path);
    return this.list.some((problem) =>
      problem.meant === text ||
      (problem.code !== "unknown_key" && isPrefix(problem.path, path))
    );
  }

  /** Whether there's a problem at a path, below it, or with what should hold it. */
  within(path: Path): boolean {
    return this.list.some((problem) =>
      isPrefix(path, problem.path) || isPrefix(problem.path, path) ||
      problem.meant?.startsWith(`${formatPath(path)}.`)
    );
  }
}

function isPrefix(short: Path, long: Path): boolean {
  return short.length <= long.length && short.every((key, index) => key === long[index]);
}
