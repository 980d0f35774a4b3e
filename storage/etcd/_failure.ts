import type { StorageErrorCode } from "../errors.ts";
import type { GrpcFailure } from "./_transport.ts";

/** What a failed call means. */
export interface Verdict {
  /** The code, if this is the end of it. */
  readonly code: StorageErrorCode;
  /** Whether a write may have been applied all the same. */
  readonly applied: boolean;
  /** Whether that is decided by the time of the answer, so that a read may tell. */
  readonly decided?: boolean;
  /**
   * What to do if it may be done again: `next` asks another member, `token` asks with a new token,
   * `never` says that the answer would be the same.
   */
  readonly again: "next" | "token" | "never";
}

const CANCELLED = 1;
const DEADLINE_EXCEEDED = 4;
const RESOURCE_EXHAUSTED = 8;
const UNIMPLEMENTED = 12;
const UNAVAILABLE = 14;
const UNAUTHENTICATED = 16;

const verdict = (
  code: StorageErrorCode,
  again: Verdict["again"],
  applied = false,
): Verdict => ({ code, again, applied });

// etcd's own words, with what its code does before it says them. Debian's etcd 3.4 and 3.6 say
// the same.
const SAID: readonly (readonly [RegExp, Verdict])[] = [
  // Before a write is proposed.
  [
    /no leader|too many requests|not capable|not supported for learner/,
    verdict("unavailable", "next"),
  ],
  [/corrupt cluster/, verdict("unavailable", "never")],
  // Said before a write is proposed, and of one that was applied although the room ran out since
  // then: members must not differ, so none holds back what the others may have room for.
  [/database space exceeded/, { ...verdict("unavailable", "never", true), decided: true }],
  [/request is too large|too many operations/, verdict("too_large", "never")],
  [/has been compacted/, verdict("compacted", "never")],
  [/is a future revision/, verdict("invalid", "never")],
  // Of a put that is bound to it, which is refused when it is applied.
  [/requested lease not found/, verdict("unavailable", "never")],
  // A write with an old token is refused when it is applied.
  [/invalid auth token|auth store is old|auth token is not provided/, verdict("denied", "token")],
  [
    /permission denied|user name is empty|user name not found|authentication failed|no permission/,
    verdict("denied", "never"),
  ],
  // After: the proposal may still come through.
  [
    /request timed out|server stopped|leader changed|stopped|timed out/,
    verdict("unavailable", "next", true),
  ],
];

// grpc-js, before anything goes out on a connection.
const UNSENT =
  /^(No connection established|Name resolution failed|Channel closed before|Stream refused)/;

// grpc-js, of a deadline that passed before the call had a connection.
const WAITED = /^Deadline exceeded(?!.*previous attempts).*,waiting for [^,]+$/i;

/** Tells whether all that a call did was to wait for a connection: why there is none, it can't say. */
export function onlyWaited({ code, details }: GrpcFailure): boolean {
  return code === DEADLINE_EXCEEDED && WAITED.test(details);
}

/** Judges what gRPC says of a failed call. */
export function judge(failure: GrpcFailure): Verdict {
  const { code, details } = failure;
  if (details.startsWith("etcdserver:")) {
    const found = SAID.find(([words]) => words.test(details));
    if (found) return found[1];
    return verdict("internal", "never", true);
  }
  switch (code) {
    case UNAVAILABLE:
      return verdict("unavailable", "next", !UNSENT.test(details));
    case CANCELLED:
    case DEADLINE_EXCEEDED:
      return verdict("unavailable", "next", !onlyWaited(failure));
    case UNAUTHENTICATED:
      return verdict("denied", "token");
    case RESOURCE_EXHAUSTED:
      // Of a server's limit on messages; or of HTTP/2, which calls for calm.
      return /larger than max/.test(details)
        ? verdict("too_large", "never")
        : verdict("unavailable", "next", true);
    case UNIMPLEMENTED:
      return verdict("unavailable", "next");
    default:
      return verdict("unavailable", "next", true);
  }
}

/** Tells what gRPC throws from other errors. */
export function isGrpcFailure(error: unknown): error is GrpcFailure {
  const { code, details } = error as Partial<GrpcFailure>;
  return typeof code === "number" && typeof details === "string";
}
