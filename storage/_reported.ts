import { decodeEntry, textCodec } from "./_codec.ts";
import type { Records } from "./_records.ts";
import { listAll } from "./helpers.ts";
import { mappingOf } from "./keys.ts";
import type { KeyValueStore } from "./port.ts";
import type { DeploymentStatus } from "@oprc/proto/package";
import { allItems } from "./stored.ts";

/** Which reports of clusters are looked for. */
export interface Reported {
  readonly status: string;
  /** Of this cluster, or of any. */
  readonly cluster: string | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * Finds the deployments of which a cluster reported a status: reads all statuses, and for those
 * that fit all cluster mappings.
 *
 * @param deployments What the keys of all deployments and mappings start with
 */
export async function reported(
  store: KeyValueStore,
  deployments: string,
  statuses: Records<DeploymentStatus>,
  { status, cluster, signal }: Reported,
): Promise<ReadonlySet<string>> {
  const wanted = status.toUpperCase();
  const ids = new Set<string>();
  for await (const { value } of allItems((page) => statuses.list(page), { signal })) {
    if (value.status.toUpperCase() === wanted) ids.add(value.deploymentId);
  }
  const keys = new Set<string>();
  if (ids.size === 0) return keys;
  for await (const entry of listAll(store, deployments, { signal })) {
    const mapping = mappingOf(deployments, entry.key);
    if (!mapping || (cluster !== undefined && mapping.cluster !== cluster)) continue;
    if (ids.has(decodeEntry(textCodec, entry).value)) keys.add(mapping.deployment);
  }
  return keys;
}
