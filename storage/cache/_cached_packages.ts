import { quote } from "../_limits.ts";
import { packageQuery, packageTerms } from "../_package_terms.ts";
import { packageCodec } from "../_record_codecs.ts";
import { packageKey, packagesPrefix } from "../keys.ts";
import { type PackageStorage, packageStorage } from "../package_storage.ts";
import { CachedRecords } from "./_cached_records.ts";
import { Feed } from "./_feed.ts";
import type { CachePart, PartOptions } from "./_part.ts";

/** The packages in the cache. */
export interface CachedPackages extends CachePart {
  storage(): PackageStorage;
}

/** Caches packages. */
export function cachedPackages(options: PartOptions): CachedPackages {
  const { store, keyPrefix, maxBytes, checkOpen } = options;
  const prefix = packagesPrefix(keyPrefix);
  const records = new CachedRecords({
    store,
    prefix,
    codec: packageCodec,
    termsOf: packageTerms,
    maxBytes,
  });
  const { index } = records;
  const feed = new Feed({
    ...options,
    prefix,
    known: index,
    apply: (event) => records.apply(event),
  });
  const inner = packageStorage(store, keyPrefix);
  const storage: PackageStorage = {
    ...inner,
    async getPackage(name, options) {
      const key = packageKey(keyPrefix, name);
      checkOpen(`get key ${quote(key)}`, options?.signal);
      if (!await feed.usable(options?.signal)) return await inner.getPackage(name, options);
      return await records.get(key, options?.signal);
    },
    async listPackages(filter = {}, options = {}) {
      checkOpen(`list prefix ${quote(prefix)}`, options.signal);
      if (!await feed.usable(options.signal)) return await inner.listPackages(filter, options);
      return await records.list(packageQuery(filter), options, feed.revision!);
    },
    async packageExists(name, options) {
      const key = packageKey(keyPrefix, name);
      checkOpen(`get key ${quote(key)}`, options?.signal);
      if (!await feed.usable(options?.signal)) return await inner.packageExists(name, options);
      return records.has(key);
    },
  };
  return { feeds: [feed], indexes: [index], storage: () => storage };
}
