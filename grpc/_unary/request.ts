import type { Peer } from "../peer.ts";

/**
 * The head of a request to a unary method, whatever carried it. What costs
 * something to make is made when it is asked for.
 */
export interface UnaryRequest {
  /** `POST`, or `GET` for what Connect lets be cached. */
  readonly httpMethod: string;
  /** The URL as the server received it. */
  readonly url: string;
  /** The other side of the connection, where it is known. */
  readonly peer?: Peer;
  /** One header, by its name in lower case. */
  header(name: string): string | null;
  /** All headers, as an object that the call may keep. */
  headers(): Headers;
  /**
   * Calls `cancel` when the caller goes away, at once if it has already. Only
   * one listener is kept. Answers what ends the listening.
   */
  onCancel(cancel: (reason: unknown) => void): () => void;
}

/** Header fields to send, by name. */
export type HeaderRecord = Record<string, string | string[]>;

/** What a unary call is answered, for the carrier to send. */
export interface UnaryAnswer {
  readonly status: number;
  readonly header: HeaderRecord;
  readonly body?: Uint8Array<ArrayBuffer>;
  /**
   * Trailers; only native gRPC has them. An answer without a body whose status
   * is in the header has none.
   */
  readonly trailer?: HeaderRecord;
}

/** Adds the fields of `headers` to a record. */
export function addFields(record: HeaderRecord, headers: Headers): HeaderRecord {
  headers.forEach((value, name) => {
    // The only field whose values must not be joined.
    record[name] = name === "set-cookie" ? headers.getSetCookie() : value;
  });
  return record;
}
