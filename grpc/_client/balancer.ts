import type { Transport } from "@connectrpc/connect";
import { isUnsent } from "./unsent.ts";

/** One of several servers that answer alike. */
export interface Member {
  readonly transport: Transport;
  /** Connects, unless it is; answers whether there is a connection. */
  connect(): Promise<boolean>;
}

/** How long a server that could not be reached is passed over, at first and at most. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Spreads calls over servers in turn. A call that surely never reached its server
 * goes to the next one, and that server is passed over for a while.
 */
export function balance(members: readonly Member[], now: () => number = Date.now): Transport {
  const standings = members.map((member) => ({ member, failures: 0, pausedUntil: 0 }));
  let turn = 0;

  /** All servers, from the one whose turn it is, those that are paused last. */
  function inOrder(): typeof standings {
    const first = turn++ % standings.length;
    const rotated = [...standings.slice(first), ...standings.slice(0, first)];
    const time = now();
    return [
      ...rotated.filter(({ pausedUntil }) => pausedUntil <= time),
      ...rotated.filter(({ pausedUntil }) => pausedUntil > time),
    ];
  }
  function judge(standing: typeof standings[number], reached: boolean): void {
    if (reached) {
      standing.failures = 0;
      standing.pausedUntil = 0;
      return;
    }
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** standing.failures++);
    standing.pausedUntil = now() + pause;
  }
  return {
    async unary(...call) {
      let failure: unknown;
      for (const standing of inOrder()) {
        try {
          const response = await standing.member.transport.unary(...call);
          judge(standing, true);
          return response;
        } catch (error) {
          const unsent = isUnsent(error);
          judge(standing, !unsent);
          if (!unsent) throw error;
          failure = error;
        }
      }
      throw failure;
    },
    async stream(...call) {
      // What streams can't be sent twice, so the server is chosen before the first message.
      const order = inOrder();
      for (const standing of order) {
        const reached = await standing.member.connect();
        judge(standing, reached);
        if (reached || call[1]?.aborted) return await standing.member.transport.stream(...call);
      }
      // The error of the first is as good as any.
      return await order[0]!.member.transport.stream(...call);
    },
  };
}
