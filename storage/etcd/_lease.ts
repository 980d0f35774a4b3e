import type { CallOptions, Op, Revision } from "../port.ts";
import type { Lease, Leasing } from "../_leasing.ts";
import type { Cluster } from "./_cluster.ts";

/** Makes a commit of which what is put is bound to a lease. */
export type LeasedCommit = (
  ops: readonly Op[],
  options: CallOptions,
  lease: string,
) => Promise<Revision>;

/**
 * The leases of a cluster. A member's least time is 2 s with etcd's own settings: what is asked for
 * may last longer.
 */
export class EtcdLeasing implements Leasing {
  constructor(readonly cluster: Cluster, readonly commit: LeasedCommit) {}

  async grant(ttlMs: number, { signal }: CallOptions = {}): Promise<Lease> {
    const { ID } = await this.cluster.call<{ ID: string }>({
      what: "begin a lease",
      service: "Lease",
      method: "leaseGrant",
      // Whatever is granted twice runs out.
      message: { TTL: Math.ceil(ttlMs / 1000) },
      signal,
    });
    return {
      commit: (ops, options = {}) => this.commit(ops, options, ID),
      keepAlive: async ({ signal } = {}) => {
        const { TTL } = await this.cluster.call<{ TTL: string }>({
          what: "keep a lease alive",
          service: "Lease",
          method: "leaseKeepAlive",
          message: { ID },
          signal,
        });
        return Number(TTL) > 0;
      },
      revoke: async ({ signal } = {}) => {
        try {
          await this.cluster.call({
            what: "end a lease",
            service: "Lease",
            method: "leaseRevoke",
            message: { ID },
            signal,
          });
        } catch (error) {
          if (!/requested lease not found/.test((error as Error).message)) throw error;
        }
      },
    };
  }
}
