import { conflict } from "../_limits.ts";
import { formatRevision } from "../_revision.ts";
import type { StorageError } from "../errors.ts";
import type { Op, Revision } from "../port.ts";
import {
  type Compare,
  EQUAL,
  MOD,
  type RequestOp,
  toBytes,
  type TxnRequest,
  type TxnResponse,
} from "./_wire.ts";

/** A commit as a call of etcd's. */
export interface CommitCall {
  readonly method: "put" | "deleteRange" | "txn";
  readonly message: unknown;
  readonly write: boolean;
}

/** The operations that have an expectation; what a failed transaction reads follows their order. */
function expecting(ops: readonly Op[]): readonly Op[] {
  return ops.filter((op) => op.expect !== undefined);
}

function compare(prefix: string, { key, expect }: Op): Compare {
  return {
    key: toBytes(prefix + key),
    target: MOD,
    result: EQUAL,
    // etcd gives an absent key the revision 0.
    mod_revision: expect === null || expect === undefined ? 0 : wanted(expect),
  };
}

/** What isn't a revision of this store is one that no key is at. */
function wanted(revision: Revision): number {
  return (/^\d{16}$/.test(revision) && Number(revision)) || -1;
}

/**
 * Makes the call of a commit. The values are the caller's to leave alone until it has ended.
 *
 * @param lease What the puts are bound to
 */
export function commitCall(prefix: string, ops: readonly Op[], lease?: string): CommitCall {
  const first = ops[0]!;
  // Half the cost of a transaction.
  if (ops.length === 1 && !lease && first.expect === undefined && first.type !== "check") {
    const key = toBytes(prefix + first.key);
    return first.type === "put"
      ? { method: "put", message: { key, value: first.value }, write: true }
      : { method: "deleteRange", message: { key }, write: true };
  }
  const success: RequestOp[] = [];
  for (const op of ops) {
    const key = toBytes(prefix + op.key);
    if (op.type === "put") success.push({ request_put: { key, value: op.value, lease } });
    else if (op.type === "delete") success.push({ request_delete_range: { key } });
  }
  const message: TxnRequest = {
    compare: expecting(ops).map((op) => compare(prefix, op)),
    success,
    failure: expecting(ops).map((op) => ({
      request_range: { key: toBytes(prefix + op.key), keys_only: true },
    })),
  };
  return { method: "txn", message, write: success.length > 0 };
}

/** The error of a transaction whose comparison failed. */
export function conflictOf(ops: readonly Op[], { responses }: TxnResponse): StorageError {
  for (const [index, op] of expecting(ops).entries()) {
    const found = responses[index]?.response_range?.kvs[0];
    const revision = found && formatRevision(Number(found.mod_revision));
    if (op.expect === null ? revision !== undefined : revision !== op.expect) {
      return conflict(op, revision);
    }
  }
  // The transaction reads at the moment of its comparison, so one of them differs.
  throw new TypeError("etcd refused a transaction whose comparisons all hold");
}
