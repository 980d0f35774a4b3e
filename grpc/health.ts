/**
 * Where a server's health comes from. The `HealthRegistry` of
 * @oprc/observability is one as it stands.
 */
export interface HealthSource {
  /**
   * Whether the server can take calls. Rejecting counts as no. It is asked for each
   * probe, and once a second while somebody watches.
   */
  check(kind: "readiness"): Promise<HealthVerdict>;
}

/** What a {@linkcode HealthSource} answers. */
export interface HealthVerdict {
  /** Whether the server can take calls. */
  readonly ok: boolean;
}
