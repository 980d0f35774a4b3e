import { formatRevision } from "../_revision.ts";
import { compacted, type HistoryPart } from "../_watch.ts";
import { StorageError } from "../errors.ts";
import type { Batch, Event } from "../port.ts";
import { deleteBlobs, readBlob } from "./_blobs.ts";
import { whileLocked } from "./_failure.ts";
import { decodeLog, LOG_END, logKey, type LogRecord } from "./_layout.ts";
import type { DenoKvClient, DenoKvEntry } from "./client.ts";

const RECORDS_A_READ = 100;

async function read(
  kv: DenoKvClient,
  from: number,
): Promise<{ revision: number; record: LogRecord }[]> {
  const range = { start: logKey(from), end: LOG_END };
  const found = await whileLocked(async () => {
    const entries: DenoKvEntry[] = [];
    const options = { limit: RECORDS_A_READ, batchSize: RECORDS_A_READ };
    for await (const entry of kv.list(range, options)) entries.push(entry);
    return entries;
  });
  return found.map(({ key, value }) => {
    const revision = Number(key[2]);
    try {
      return { revision, record: decodeLog(value) };
    } catch (cause) {
      throw new StorageError(
        "corrupt",
        `Cannot read the change log at revision ${formatRevision(revision)}: it can't be decoded`,
        { cause },
      );
    }
  });
}

/** Reads what was committed after a revision; see `History.read`. */
export async function readLog(
  kv: DenoKvClient,
  after: number,
  prefix: string,
): Promise<HistoryPart> {
  const batches: Batch[] = [];
  let upTo = after;
  for (const { revision, record } of await read(kv, after + 1)) {
    // Revisions have no gaps: where there is one, the log was trimmed.
    if (revision !== upTo + 1) throw compacted(prefix, upTo);
    upTo = revision;
    const text = formatRevision(revision);
    const events: Event[] = [];
    for (const { key, content } of record.events) {
      if (!key.startsWith(prefix)) continue;
      if (content === undefined) {
        events.push({ type: "delete", key, revision: text });
        continue;
      }
      const value = content instanceof Uint8Array ? content : await readBlob(kv, content);
      // Blobs outlive the records that refer to them, so the record is being trimmed.
      if (value === undefined) throw compacted(prefix, upTo - 1);
      events.push({ type: "put", key, value, revision: text });
    }
    if (events.length > 0) batches.push({ revision: text, events });
  }
  return { batches, upTo };
}

/** Deletes the log up to a revision, and the blobs that only it referred to. */
export async function trimLog(kv: DenoKvClient, upTo: number): Promise<void> {
  for (;;) {
    const old = (await read(kv, 0)).filter(({ revision }) => revision <= upTo);
    if (old.length === 0) return;
    // The records last: whoever is killed in between finds them again.
    await deleteBlobs(kv, old.flatMap(({ record }) => record.freed));
    const atomic = kv.atomic();
    for (const { revision } of old) atomic.delete(logKey(revision));
    await whileLocked(() => atomic.commit());
    if (old.length < RECORDS_A_READ) return;
  }
}
