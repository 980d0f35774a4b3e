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

interface Pattern {
  readonly regExp: RegExp;
  readonly by: string;
}

/** Secrets that show themselves. Repetitions are bounded, so that no text takes long. */
const PATTERNS: readonly Pattern[] = [
  {
    regExp: /\b([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/:@]{0,256}:[^\s/@]{1,256}@/gi,
    by: `$1${REDACTED}@`,
  },
  {
    // More than small letters, which would be a word: "basic settings".
    regExp: /\b([Bb]earer|[Bb]asic)\s{1,4}(?=[a-z.-]{0,64}[A-Z0-9_~+/])[A-Za-z0-9._~+/=-]{8,}/g,
    by: `$1 ${REDACTED}`,
  },
  { regExp: /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, by: REDACTED },
  {
    regExp:
      /-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----[^]*?(?:-----END [A-Z ]{0,20}PRIVATE KEY-----|$)/g,
    by: REDACTED,
  },
  { regExp: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, by: REDACTED },
  { regExp: /\bgh[pousr]_[A-Za-z0-9]{30,}/g, by: REDACTED },
  { regExp: /\bxox[abprs]-[\w-]{10,}/g, by: REDACTED },
  {
    regExp: /\b(password|passwd|secret|token|api[_-]?key)=[^\s&;,"']{1,512}/gi,
    by: `$1=${REDACTED}`,
  },
];
/** What every text that a pattern of ours would change has in it. */
const SUSPICIOUS = /:\/\/|bearer|basic\s|eyJ|PRIVATE KEY|AKIA|ASIA|gh[pousr]_|xox|[dnty]=/i;
/** Shorter ones have no room for a secret of these shapes. */
const MIN_LENGTH = 8;

/** Knows what is to be hidden. */
export interface Redactor {
  /** Says whether the value under a key is to be hidden. */
  hides(key: string): boolean;
  /** The text with what looks like a secret replaced. */
  text(text: string): string;
}

/** Hides nothing. */
export const noRedactor: Redactor = { hides: () => false, text: (text) => text };

/** Keys compare without case, `_`, `-`, `.` and spaces: `Api-Key` is `apikey`. */
function normalize(key: string): string {
  return key.toLowerCase().replace(/[_\-. ]/g, "");
}

/** A redactor for the usual names and shapes of secrets, and further ones. */
export function createRedactor(
  keys: readonly string[] = [],
  patterns: readonly RegExp[] = [],
): Redactor {
  const exact = new Set(keys.map(normalize));
  const own = patterns.map(({ source, flags }) => ({
    // Not the caller's: it may lack `g`, and `lastIndex` is state.
    regExp: new RegExp(source, flags.includes("g") ? flags : `${flags}g`),
    by: REDACTED,
  }));
  // Keys repeat from line to line; the bound is against keys made of data.
  const known = new Map<string, boolean>();
  return {
    hides(key) {
      let hidden = known.get(key);
      if (hidden === undefined) {
        const name = normalize(key);
        hidden = exact.has(name) || CONTAINED.some((word) => name.includes(word)) ||
          TRAILING.some((word) => name.endsWith(word));
        if (known.size < 1_000) known.set(key, hidden);
      }
      return hidden;
    },
    text(text) {
      let clean = text;
      for (const { regExp, by } of own) clean = clean.replace(regExp, by);
      if (clean.length < MIN_LENGTH || !SUSPICIOUS.test(clean)) return clean;
      for (const { regExp, by } of PATTERNS) clean = clean.replace(regExp, by);
      return clean;
    },
  };
}
