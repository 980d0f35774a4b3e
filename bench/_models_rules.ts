/** What the rules of packages ask, in the form that schema libraries take. */
import { compareQuantities } from "@oprc/models";

export const NAME = "^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?" +
  "(?:\\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$";
export const KEY = "^[a-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?$";
export const REFERENCE = "^(?:[a-z0-9.-]{1,253}/)?[a-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?$";
export const NOT_BLANK = "\\S";
export const VERSION = "^(?:0|[1-9]\\d*)\\.(?:0|[1-9]\\d*)(?:\\.(?:0|[1-9]\\d*)" +
  "(?:-[0-9A-Za-z.-]+)?(?:\\+[0-9A-Za-z.-]+)?)?$";
export const ACCESS = "^(?:|[Pp][Uu][Bb][Ll][Ii][Cc]|[Ii][Nn][Tt][Ee][Rr][Nn][Aa][Ll]|" +
  "[Pp][Rr][Ii][Vv][Aa][Tt][Ee])$";
export const QUANTITY = "^(?:|\\+?(?:\\d+(?:\\.\\d*)?|\\.\\d+)" +
  "(?:[numkMGTPE]|[KMGTPE]i|[eE][+-]?\\d{1,9})?)$";

interface Resources {
  readonly cpuRequest: string;
  readonly memoryRequest: string;
  readonly cpuLimit?: string;
  readonly memoryLimit?: string;
}

/** No limit is below its request. */
export function areLimitsEnough(it: Resources): boolean {
  return isEnough(it.cpuLimit, it.cpuRequest) && isEnough(it.memoryLimit, it.memoryRequest);
}

function isEnough(limit: string | undefined, request: string): boolean {
  return limit === undefined || limit === request || request === "" ||
    compareQuantities(limit, request) >= 0;
}

interface Package {
  readonly name: string;
  readonly classes: readonly {
    readonly key: string;
    readonly package: string;
    readonly functions: readonly { readonly functionKey: string }[];
  }[];
  readonly functions: readonly { readonly key: string; readonly package: string }[];
  readonly dependencies: readonly string[];
}

/** Keys are unique, packages match, bindings name functions that are there. */
export function agrees(pkg: Package): boolean {
  const functions = new Set<string>();
  for (const { key, package: owner } of pkg.functions) {
    if (owner !== pkg.name) return false;
    functions.add(key);
  }
  if (functions.size !== pkg.functions.length) return false;
  const classes = new Set<string>();
  for (const cls of pkg.classes) {
    if (cls.package !== pkg.name) return false;
    classes.add(cls.key);
    const bound = new Set<string>();
    for (const { functionKey } of cls.functions) {
      bound.add(functionKey);
      if (functions.has(functionKey)) continue;
      const slash = functionKey.indexOf("/");
      if (slash < 0 || !pkg.dependencies.includes(functionKey.slice(0, slash))) return false;
    }
    if (bound.size !== cls.functions.length) return false;
  }
  return classes.size === pkg.classes.length;
}
