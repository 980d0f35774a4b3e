import type { LoadOptions } from "./loader.ts";

/** Options of {@link ConfigLoader.watch}. */
export interface WatchOptions extends LoadOptions {
  /** Ends the watch, as disposing it does. */
  readonly signal?: AbortSignal;
  /**
   * How often the files are looked at, in milliseconds; 0 for only when
   * {@link ConfigWatch.refresh} is called. Looking finds every kind of change,
   * also those of Kubernetes volumes and network file systems, which report none.
   *
   * @default {1000}
   */
  readonly pollMs?: number;
  /**
   * How long changed files must stay as they are before they are read, in
   * milliseconds: whoever writes several, or one in parts, gets done first.
   *
   * @default {100}
   */
  readonly settleMs?: number;
  /** Settings from elsewhere, between the secrets directory and `.env`. */
  readonly remote?: RemoteLayer;
}

/**
 * Settings that are kept outside the machine, such as under a prefix of a store.
 * An adapter feeds it: first what there is, then all of it again after each change.
 *
 * @example Settings that a program holds itself
 * ```ts
 * import type { RemoteLayer } from "@oprc/config";
 *
 * const remote: RemoteLayer = {
 *   name: "control plane",
 *   async *watch() {
 *     yield await Promise.resolve({ "server.port": "8081", "storage.type": "memory" });
 *   },
 * };
 * console.log(remote.name);
 * ```
 */
export interface RemoteLayer {
  /** What a person calls it, such as `etcd /oaas/config`. */
  readonly name: string;
  /**
   * Every state of the settings, the present one first: texts by their path
   * (`server.port`), of which the schema decides the type. When it throws or
   * ends, that is reported once, the last state stays, and it's asked again after `pollMs`.
   *
   * @param options `signal` ends it.
   */
  watch(
    options: { readonly signal: AbortSignal },
  ): AsyncIterable<Readonly<Record<string, string>>>;
}

/**
 * A configuration that follows its layers. Iterating gives its events; leaving
 * the loop ends the watch. Who reads slowly gets several changes as one, and
 * only the last rejection.
 *
 * @typeParam T The type of the configuration.
 */
export interface ConfigWatch<T> extends AsyncIterable<ConfigEvent<T>>, AsyncDisposable {
  /** The last configuration that was right. */
  readonly config: T;
  /**
   * Looks at the files now, as a service does on SIGHUP. Resolves when what was
   * found is taken or rejected. The variables of a process don't change.
   */
  refresh(): Promise<void>;
}

/**
 * What happened to a watched configuration.
 *
 * @typeParam T The type of the configuration.
 */
export type ConfigEvent<T> = ConfigChange<T> | ConfigRejection;

/**
 * A new configuration was checked and taken.
 *
 * @typeParam T The type of the configuration.
 */
export interface ConfigChange<T> {
  /** Always `changed`. */
  readonly type: "changed";
  /** The configuration from now on. */
  readonly config: T;
  /**
   * The settings whose values are others than before, as files spell them;
   * empty when a rejected configuration was put back to what it had been.
   */
  readonly paths: readonly string[];
}

/** What the layers say now can't be used; the last configuration stays. */
export interface ConfigRejection {
  /** Always `rejected`. */
  readonly type: "rejected";
  /** Every problem, as a `ConfigError`; another error only from a schema's own code. */
  readonly error: Error;
}
