/** The messages of etcd's API, as far as this package sends and reads them. 64-bit numbers are text. */

import { Buffer } from "node:buffer";
import type { Revision } from "../port.ts";

/** The services of etcd that are called. */
export type EtcdService = "KV" | "Watch" | "Auth" | "Maintenance" | "Lease";

export interface Header {
  readonly cluster_id: string;
  readonly revision: string;
}

export interface KeyValue {
  readonly key: Buffer;
  readonly value: Uint8Array;
  readonly mod_revision: string;
}

export interface RangeRequest {
  readonly key: Uint8Array;
  readonly range_end?: Uint8Array;
  readonly limit?: number;
  readonly revision?: number;
  readonly keys_only?: boolean;
}

export interface RangeResponse {
  readonly header: Header;
  readonly kvs: readonly KeyValue[];
  readonly more: boolean;
}

// By number, as etcd3 has names of its own for them, and drops those that it doesn't know.
export const MOD = 2;
export const EQUAL = 0;

export interface Compare {
  readonly key: Uint8Array;
  readonly target: typeof MOD;
  readonly result: typeof EQUAL;
  readonly mod_revision: number;
}

export interface RequestOp {
  readonly request_range?: RangeRequest;
  readonly request_put?: {
    readonly key: Uint8Array;
    readonly value: Uint8Array;
    readonly lease?: string;
  };
  readonly request_delete_range?: { readonly key: Uint8Array };
}

export interface TxnRequest {
  readonly compare: readonly Compare[];
  readonly success: readonly RequestOp[];
  readonly failure: readonly RequestOp[];
}

export interface TxnResponse {
  readonly header: Header;
  readonly succeeded: boolean;
  readonly responses: readonly { readonly response_range?: RangeResponse }[];
}

export interface WatchRequest {
  readonly create_request: {
    readonly key: Uint8Array;
    readonly range_end: Uint8Array;
    readonly start_revision: number;
    readonly progress_notify: boolean;
    readonly fragment: boolean;
  };
}

export interface WatchEvent {
  readonly type: "Put" | "Delete";
  readonly kv: KeyValue;
}

export interface WatchResponse {
  readonly header: Header;
  readonly created: boolean;
  readonly canceled: boolean;
  readonly compact_revision: string;
  readonly cancel_reason: string;
  readonly fragment: boolean;
  readonly events: readonly WatchEvent[];
}

/** Every key of the port is ASCII; other programs' keys keep their bytes, one a character. */
export function toBytes(text: string): Buffer {
  return Buffer.from(text, "latin1");
}

export function fromBytes(bytes: Buffer): string {
  return bytes.toString("latin1");
}

/** A revision as etcd3 gives it, as one of the port's. */
export const revisionOf = (text: string): Revision => text.padStart(16, "0");

/** The keys that start with a prefix, as etcd names a range. */
export interface KeyRange {
  readonly key: Uint8Array;
  readonly range_end: Uint8Array;
}

const ZERO = new Uint8Array([0]);

/** The range of a prefix, from a key of it on if one is given. */
export function rangeOf(prefix: string, from: string = prefix): KeyRange {
  // etcd has no empty key: zero as its end means everything behind the start.
  if (prefix === "") return { key: from === "" ? ZERO : toBytes(from), range_end: ZERO };
  const end = toBytes(prefix);
  end[end.length - 1]!++;
  return { key: toBytes(from), range_end: end };
}
