/** A user of etcd's. */
export interface EtcdCredentials {
  /** The name of the user. */
  readonly username: string;
  /** The password of the user. */
  readonly password: string;
}

/** What secures the connections to `https:` endpoints. All are texts in PEM format. */
export interface EtcdTls {
  /**
   * The authorities that the members' certificates are checked against.
   *
   * @default {undefined}, those of the system
   */
  readonly ca?: string | undefined;
  /** The client's certificate, for mutual TLS; together with `key`. */
  readonly cert?: string | undefined;
  /** The key of the client's certificate. */
  readonly key?: string | undefined;
  /**
   * The host name or IP address that the members' certificates must name.
   *
   * @default {undefined}, the host of each endpoint
   */
  readonly serverName?: string | undefined;
}

/** Options of `etcdStore`. */
export interface EtcdStoreOptions {
  /**
   * The URLs of the members: `http://10.0.0.1:2379`, or `https:` for TLS; all of one kind. Calls go
   * to one of them for as long as it answers. Without a port it is 2379.
   */
  readonly endpoints: readonly string[];
  /**
   * What stands before every key in etcd, and not in the keys of the store: a part of the cluster
   * for this store alone.
   *
   * @default {""}
   */
  readonly keyPrefix?: string | undefined;
  /**
   * The user, or what tells it each time that a token is needed: for passwords that change.
   *
   * @default {undefined}, none
   */
  readonly credentials?:
    | EtcdCredentials
    | (() => EtcdCredentials | Promise<EtcdCredentials>)
    | undefined;
  /**
   * TLS, for `https:` endpoints.
   *
   * @default {undefined}, the system's authorities and no client certificate
   */
  readonly tls?: EtcdTls | undefined;
  /**
   * How long one call may take, with all that is tried again, in milliseconds.
   *
   * @default {3000}
   */
  readonly timeoutMs?: number | undefined;
  /**
   * The source of chance for the member to begin with and for pauses, in [0, 1).
   *
   * @default {Math.random}
   */
  readonly random?: (() => number) | undefined;
}
