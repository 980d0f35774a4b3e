import { conflict, holds } from "../_limits.ts";
import { formatRevision } from "../_revision.ts";
import type { StorageError } from "../errors.ts";
import type { Op } from "../port.ts";
import type { Blob, Content, Logged, LogRecord, Record } from "./_layout.ts";
import { type Before, type Head, headOf } from "./_view.ts";

/** A commit to plan. */
export interface Planned {
  readonly job: { readonly ops: readonly Op[] };
  /** What stands for the values that are kept apart. */
  readonly contents: ReadonlyMap<Op, Content>;
}

/** What a transaction of several commits is made of. */
export interface Plan<T> {
  /** What the keys are in the end; `undefined` for those that are deleted. */
  readonly entries: ReadonlyMap<string, Record | undefined>;
  /** The log records by revision. */
  readonly log: ReadonlyMap<number, LogRecord>;
  /** The commits to apply, with the revision that each leads to. */
  readonly applied: readonly { readonly waiting: T; readonly revision: number }[];
  /** The commits whose expectations don't hold, if those before them are applied. */
  readonly refused: readonly { readonly waiting: T; readonly error: StorageError }[];
  /** The revision in the end. */
  readonly revision: number;
}

/** Plans commits one after the other, each on what those before it leave behind. */
export function planned<T extends Planned>(commits: readonly T[], before: Before): Plan<T> {
  const entries = new Map<string, Record | undefined>();
  const log = new Map<number, LogRecord>();
  const applied: { waiting: T; revision: number }[] = [];
  const refused: { waiting: T; error: StorageError }[] = [];
  let { revision } = before.counter;
  const current = (key: string): Head | undefined => {
    if (!entries.has(key)) return before.heads.get(key);
    const record = entries.get(key);
    return record && headOf(record);
  };
  for (const waiting of commits) {
    const { job: { ops }, contents } = waiting;
    const found = (op: Op) => {
      const head = current(op.key);
      return head && formatRevision(head.revision);
    };
    const wrong = ops.find((op) => !holds(op, found(op)));
    if (wrong) {
      refused.push({ waiting, error: conflict(wrong, found(wrong)) });
      continue;
    }
    const next = revision + 1;
    const events: Logged[] = [];
    const freed: Blob[] = [];
    for (const op of ops) {
      const { key } = op;
      const old = current(key);
      if (op.type === "check" || (op.type === "delete" && !old)) continue;
      if (old?.blob) freed.push(old.blob);
      if (op.type === "delete") {
        entries.set(key, undefined);
        events.push({ key });
      } else {
        const content = contents.get(op) ?? op.value;
        entries.set(key, { revision: next, content });
        events.push({ key, content });
      }
    }
    if (events.length > 0) {
      log.set(next, { events, freed });
      revision = next;
    }
    applied.push({ waiting, revision });
  }
  return { entries, log, applied, refused, revision };
}
