/** Placing every problem of a load: loaded only when there is one. */
import {
  type ConfigIssue,
  formatPath,
  LAYERS,
  type LoadState,
  type Position,
  type Problem,
} from "./values.ts";
import { formatWhere, Positions } from "./_positions.ts";

/** The problems with their places, in the order of the layers and of the lines. */
export async function placeAll(
  problems: readonly Problem[],
  sources: LoadState["sources"],
): Promise<ConfigIssue[]> {
  const positions = new Positions();
  const placed: { problem: Problem; position: Position | undefined }[] = [];
  for (const problem of problems) {
    placed.push({ problem, position: await positions.find(problem.origin, problem.point) });
  }
  const rank = ({ problem }: typeof placed[number]) => LAYERS.indexOf(problem.origin.source.layer);
  // Several profiles are files of one layer.
  const order = new Map(sources.map(({ where }, index) => [where, index]));
  const file = ({ problem }: typeof placed[number]) => order.get(problem.origin.source.name) ?? -1;
  const text = ({ problem }: typeof placed[number]) =>
    `${problem.origin.source.name}\n${formatPath(problem.path)}\n${problem.message}`;
  placed.sort((a, b) =>
    rank(a) - rank(b) || file(a) - file(b) ||
    (a.position?.line ?? 0) - (b.position?.line ?? 0) ||
    (a.position?.column ?? 0) - (b.position?.column ?? 0) ||
    (text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : 0)
  );
  return placed.map(({ problem, position }) => ({
    code: problem.code,
    path: formatPath(problem.path),
    message: problem.message,
    where: formatWhere(problem.origin, position),
    ...(problem.suggestion === undefined ? {} : { suggestion: problem.suggestion }),
  }));
}
