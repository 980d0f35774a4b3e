/** What the `filter` of ListPackages means. */
import { Code, ConnectError } from "@connectrpc/connect";
import type { OPackage } from "@oprc/proto/package";
import type { PackageFilter } from "@oprc/storage";

/** A filter as the storage knows it, and words that a name must contain. */
export interface PackageQuery {
  readonly filter: PackageFilter;
  readonly words: readonly string[];
}

/**
 * Reads a filter: terms apart by spaces, all of which must hold. A bare word is
 * a part of the name; `name:img*`, `author:`, `tag:`, `dependency:` and
 * `disabled:true` speak of the field.
 */
export function parsePackageQuery(text: string): PackageQuery {
  const filter: { -readonly [K in keyof PackageFilter]: PackageFilter[K] } = {};
  const words: string[] = [];
  const tags: string[] = [];
  for (const term of text.split(/\s+/).filter(Boolean)) {
    const colon = term.indexOf(":");
    const [field, value] = [term.slice(0, Math.max(colon, 0)), term.slice(colon + 1)];
    if (colon < 0) words.push(value);
    else if (field === "name" && value) filter.name = value;
    else if (field === "author" && value) filter.author = value;
    else if (field === "dependency" && value) filter.dependency = value;
    else if (field === "tag" && value) tags.push(value);
    else if (field === "disabled" && /^(true|false)$/.test(value)) {
      filter.disabled = value === "true";
    } else {
      throw new ConnectError(
        `Cannot list packages: filter has ${JSON.stringify(term)}; known are a part of the name, ` +
          "name:, author:, tag:, dependency: and disabled:true or disabled:false",
        Code.InvalidArgument,
      );
    }
  }
  if (tags.length > 0) filter.tags = tags;
  return { filter, words };
}

/** Whether a package, found by the storage's filter, has the words in its name too. */
export function matches(query: PackageQuery, pkg: OPackage): boolean {
  return query.words.every((word) => pkg.name.includes(word));
}
