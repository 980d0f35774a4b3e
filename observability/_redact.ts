/** What stands in a log line where a secret was. */
export const REDACTED = "[redacted]";

const CONTAINED = [
  "password",
  "passwd",
  "passphrase",
  "secret",
  "apikey",
  "accesskey",
  "privatekey",
  "authorization",
  "credential",
];
/** At the end only, so that `token_count` or `cookies_enabled` stay readable. */
const TRAILING = ["token", "cookie", "jwt", "pwd", "sessionid", "dsn", "connectionstring"];

/** Says whether the value under a key is to be hidden. */
export type Redactor = (key: string) => boolean;

/** Keys compare without case, `_`, `-`, `.` and spaces: `Api-Key` is `apikey`. */
function normalize(key: string): string {
  return key.toLowerCase().replace(/[_\-. ]/g, "");
}

/** A redactor for the usual names of secrets and the names in `more`. */
export function createRedactor(more: readonly string[] = []): Redactor {
  const exact = new Set(more.map(normalize));
  // Keys repeat from line to line; the bound is against keys made of data.
  const known = new Map<string, boolean>();
  return (key) => {
    let hidden = known.get(key);
    if (hidden === undefined) {
      const name = normalize(key);
      hidden = exact.has(name) || CONTAINED.some((word) => name.includes(word)) ||
        TRAILING.some((word) => name.endsWith(word));
      if (known.size < 1_000) known.set(key, hidden);
    }
    return hidden;
  };
}
