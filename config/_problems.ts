/** Problems as they are found, before their positions are looked up, and what was probably meant. */
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

/** Edits between two words: insert, delete, replace, swap of neighbours. */
export function distance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(
        previous[j]! + 1,
        row[j - 1]! + 1,
        previous[j - 1]! + (same ? 0 : 1),
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, before[j - 2]! + 1);
      }
      row.push(cost);
    }
    before = previous;
    previous = row;
  }
  return previous[b.length]!;
}

/** How many words of one load are looked up; who misspells a thousand has the wrong file. */
export const MAX_SUGGESTIONS = 1000;

/** The candidate that `word` most likely meant, or undefined when none is near. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  // A word of hundreds of letters is no slip of the finger, and would cost time.
  if (word.length > 100) return undefined;
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, "");
  const wanted = plain(word);
  let best: string | undefined;
  let least = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of candidates) {
    const edits = distance(wanted, plain(candidate));
    if (edits < least) [best, least] = [candidate, edits];
  }
  return best;
}
