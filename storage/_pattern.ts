/** A name pattern in which `*` stands for any number of characters. */
export interface NamePattern {
  /** What every matching name starts with. */
  readonly prefix: string;
  matches(name: string): boolean;
}

export function namePattern(pattern: string): NamePattern {
  const [prefix = "", ...rest] = pattern.split("*");
  const suffix = rest.pop();
  if (suffix === undefined) return { prefix, matches: (name) => name === prefix };
  return {
    prefix,
    matches(name) {
      if (!name.startsWith(prefix) || name.length < prefix.length + suffix.length) return false;
      if (!name.endsWith(suffix)) return false;
      const end = name.length - suffix.length;
      let at = prefix.length;
      for (const part of rest) {
        at = name.indexOf(part, at);
        if (at < 0 || at + part.length > end) return false;
        at += part.length;
      }
      return true;
    },
  };
}
