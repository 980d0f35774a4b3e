/**
 * What this package knows about the runtime it runs on, and the only place
 * that asks for it.
 *
 * Deno 2.9.4 to 2.9.6 corrupt memory in `node:http2` (denoland/deno#36788): a
 * server dies when connections close under load, and a client can die when its
 * server goes away. Deno before 2.8 frees memory twice when streams are reset
 * in a row, or can't serve gRPC at all.
 */

/** The Deno release that this package is tested with. */
const RECOMMENDED_DENO = "2.9.3";

/** The last release known to corrupt memory; what comes after it is not known. */
const LAST_KNOWN = [2, 9, 6] as const;

/** How a runtime stands with `node:http2`. */
export type RuntimeVerdict =
  | { readonly kind: "fit" }
  | { readonly kind: "unsafe"; readonly why: string }
  | { readonly kind: "unknown"; readonly why: string };

/** The running Deno's version, or undefined on another runtime. */
export function denoVersion(): string | undefined {
  const { Deno } = globalThis as { Deno?: { version?: { deno?: string } } };
  return Deno?.version?.deno;
}

/** The version of Node, or of the one that the running runtime stands in for. */
export function nodeVersion(): string | undefined {
  const { process } = globalThis as { process?: { versions?: { node?: string } } };
  return process?.versions?.node;
}

/** Judges a Deno version; undefined (Node and others) is always fit. */
export function judgeRuntime(version: string | undefined): RuntimeVerdict {
  if (version === undefined) return { kind: "fit" };
  const match = /^(\d+)\.(\d+)\.(\d+)/.exec(version);
  if (match === null) {
    return { kind: "unknown", why: `this package is tested with Deno ${RECOMMENDED_DENO}` };
  }
  const parts = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (compare(parts, [2, 8, 0]) < 0) {
    return {
      kind: "unsafe",
      why: `before Deno 2.8 its node:http2 crashes under load; use Deno ${RECOMMENDED_DENO}`,
    };
  }
  if (compare(parts, [2, 9, 4]) < 0) return { kind: "fit" };
  if (compare(parts, LAST_KNOWN) <= 0) {
    return {
      kind: "unsafe",
      why: `its node:http2 corrupts memory when connections close (denoland/deno#36788); ` +
        `use Deno ${RECOMMENDED_DENO}`,
    };
  }
  return {
    kind: "unknown",
    why: `nobody has tried node:http2 of this release under load yet; ` +
      `this package is tested with Deno ${RECOMMENDED_DENO}`,
  };
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < 3; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** What makes room for bytes that are all written at once. */
interface Allocator {
  allocUnsafe?(length: number): Uint8Array<ArrayBuffer>;
}

const { Buffer } = globalThis as { Buffer?: Allocator };

/**
 * Room for bytes, whose content is whatever it is: who asks for it writes all of it. A
 * Buffer where the runtime has them: node:http2 makes one of every other array, which
 * costs a small answer more than its envelope.
 */
export const allocate: (length: number) => Uint8Array<ArrayBuffer> = Buffer?.allocUnsafe ??
  ((length) => new Uint8Array(length));
