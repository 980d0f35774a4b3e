/** The clusters that a Package Manager knows, each by its Class Runtime Manager. */
import { Code, ConnectError } from "@connectrpc/connect";
import { type ClientOptions, DeploymentClient } from "@oprc/grpc";

/** What the configuration says of a cluster. */
export interface ClusterConfig {
  /** Where its Class Runtime Manager listens. */
  readonly url: string;
}

/** Keeps one connection to each cluster. */
export class Clusters implements AsyncDisposable {
  readonly #clients = new Map<string, DeploymentClient>();

  constructor(clusters: Readonly<Record<string, ClusterConfig>>, options: ClientOptions) {
    for (const [name, { url }] of Object.entries(clusters)) {
      this.#clients.set(name, DeploymentClient.connect(url, options));
    }
  }

  /** Fails if a name is none of a cluster that the configuration lists. */
  assertKnown(names: readonly string[], field: string): void {
    const unknown = names.filter((name) => !this.#clients.has(name));
    if (names.length > 0 && unknown.length === 0) return;
    const known = [...this.#clients.keys()].join(", ") || "none";
    throw new ConnectError(
      names.length === 0
        ? `${field} is empty: name at least one cluster; known are ${known}`
        : `${field} names ${unknown.map((n) => JSON.stringify(n)).join(", ")}: ` +
          `no such cluster; known are ${known}`,
      Code.InvalidArgument,
    );
  }

  /** The client of a cluster. */
  client(name: string): DeploymentClient {
    const client = this.#clients.get(name);
    if (client === undefined) {
      throw new ConnectError(
        `Cannot reach cluster "${name}": the configuration no longer lists it`,
        Code.FailedPrecondition,
      );
    }
    return client;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#clients.values()].map((client) => client.close()));
  }
}
