import type { ServerLimits } from "./server_options.ts";

/** The limits of a server, all of them set. */
export interface Limits {
  readonly maxMessageBytes: number;
  readonly maxHeaderBytes: number;
  readonly maxStreamsPerConnection: number;
  readonly maxConnections: number;
  readonly headersTimeoutMs: number;
  /** 0 for none. */
  readonly idleTimeoutMs: number;
  /** 0 for none. */
  readonly maxAgeMs: number;
}

const DEFAULTS: Limits = {
  // As in other gRPC implementations.
  maxMessageBytes: 4 * 1024 * 1024,
  maxHeaderBytes: 16 * 1024,
  maxStreamsPerConnection: 1000,
  maxConnections: 10_000,
  // As node:http's own.
  headersTimeoutMs: 60_000,
  idleTimeoutMs: 0,
  maxAgeMs: 0,
};

/** The least and the most of each limit. */
const RANGES: Record<keyof Limits, readonly [number, number]> = {
  maxMessageBytes: [1, 0xffff_ffff],
  maxHeaderBytes: [1024, 1024 * 1024],
  maxStreamsPerConnection: [1, 0x7fff_ffff],
  maxConnections: [1, 0x7fff_ffff],
  headersTimeoutMs: [1, 0x7fff_ffff],
  idleTimeoutMs: [0, 0x7fff_ffff],
  maxAgeMs: [0, 0x7fff_ffff],
};

/**
 * Checks limits and fills in what isn't given; `prefix` is how the caller knows them.
 *
 * @throws {RangeError} when one is not a whole number in its range.
 */
export function checkLimits(given: ServerLimits = {}, prefix = "limits."): Limits {
  const limits: Record<string, number> = {};
  for (const [name, [least, most]] of Object.entries(RANGES)) {
    const value = given[name as keyof Limits] ?? DEFAULTS[name as keyof Limits];
    if (!Number.isInteger(value) || value < least || value > most) {
      throw new RangeError(
        `Cannot use ${prefix}${name} ${value}: it is a whole number from ${least} to ${most}`,
      );
    }
    limits[name] = value;
  }
  return limits as unknown as Limits;
}
