import type { OPackage } from "@oprc/proto/package";
import { packageQuery, packageTerms } from "./_package_terms.ts";
import { packageCodec } from "./_record_codecs.ts";
import { Records } from "./_records.ts";
import { answers, asksForAll } from "./_terms.ts";
import { packageKey, packagesPrefix } from "./keys.ts";
import type { CallOptions, KeyValueStore, Revision, WatchOptions } from "./port.ts";
import type {
  ChangeBatch,
  DeleteOptions,
  PageOptions,
  Stored,
  StoredPage,
  WriteOptions,
} from "./stored.ts";

/** Which packages to list: those that fit everything given. */
export interface PackageFilter {
  /** The name, or a pattern in which `*` stands for any characters. */
  readonly name?: string | undefined;
  /** The author in the metadata. */
  readonly author?: string | undefined;
  /** Tags in the metadata; a package must have all of them. */
  readonly tags?: readonly string[] | undefined;
  /** Whether the package is disabled. */
  readonly disabled?: boolean | undefined;
  /** The name of a package that it depends on. */
  readonly dependency?: string | undefined;
}

/** Keeps packages, by name. Failures are `StorageError`s. */
export interface PackageStorage {
  /** Writes a package; `{ expect: null }` only creates, a revision only replaces. */
  storePackage(pkg: OPackage, options?: WriteOptions): Promise<Revision>;
  /** Reads a package; `undefined` if there is none of the name. */
  getPackage(name: string, options?: CallOptions): Promise<Stored<OPackage> | undefined>;
  /** Reads a page of the packages that fit a filter, in byte order of their names. */
  listPackages(filter?: PackageFilter, options?: PageOptions): Promise<StoredPage<OPackage>>;
  /** Deletes a package, and tells whether there was one. */
  deletePackage(name: string, options?: DeleteOptions): Promise<boolean>;
  /** Tells whether there is a package of the name. */
  packageExists(name: string, options?: CallOptions): Promise<boolean>;
  /** Delivers every change to packages, a batch a commit; as `KeyValueStore.watch` does. */
  watchPackages(options?: WatchOptions): AsyncIterable<ChangeBatch<OPackage>>;
}

/** Makes a {@linkcode PackageStorage} over a store. */
export function packageStorage(store: KeyValueStore, prefix: string): PackageStorage {
  const records = new Records(store, packagesPrefix(prefix), packageCodec);
  return {
    // Async, so that a bad name is a rejection too.
    async storePackage(pkg, options) {
      return await records.put(packageKey(prefix, pkg.name), pkg, options);
    },
    async getPackage(name, options) {
      return await records.get(packageKey(prefix, name), options);
    },
    async listPackages(filter = {}, options = {}) {
      const query = packageQuery(filter);
      const matches = (pkg: OPackage) => answers(query, pkg.name, packageTerms(pkg));
      return await records.list(
        options,
        asksForAll(query) ? undefined : matches,
        query.name?.prefix,
      );
    },
    async deletePackage(name, options) {
      return await records.delete(packageKey(prefix, name), options) !== undefined;
    },
    async packageExists(name, options) {
      return await records.exists(packageKey(prefix, name), options);
    },
    watchPackages: (options) => records.watch(options),
  };
}
