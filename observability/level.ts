/** How much a log line matters, from least to most. */
export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "critical";

/** Levels as numbers; those that @std/log has carry its numbers. */
export const severities: Readonly<Record<LogLevel, number>> = {
  trace: 5,
  debug: 10,
  info: 20,
  warn: 30,
  error: 40,
  critical: 50,
};

const OFF = Infinity;

/** What is logged: a default and exceptions by target, longest target first. */
export interface LevelFilter {
  readonly fallback: number;
  readonly targets: readonly { readonly target: string; readonly severity: number }[];
}

/**
 * Reads `info` or `info,oprc.grpc=debug,noisy=off`.
 *
 * @throws {TypeError} when a level is unknown or a part can't be read
 */
export function parseLevelFilter(text: string): LevelFilter {
  let fallback: number | undefined;
  const targets = new Map<string, number>();
  for (const part of text.split(",").map((p) => p.trim()).filter((p) => p !== "")) {
    const at = part.indexOf("=");
    const severity = parseSeverity(part.slice(at + 1).trim(), text);
    if (at === -1) {
      if (fallback !== undefined) throw invalid(text, "it has more than one default level");
      fallback = severity;
      continue;
    }
    // Rust's paths go by `::`.
    const target = part.slice(0, at).trim().replaceAll("::", ".");
    if (target === "") throw invalid(text, `"${part}" names no target`);
    if (targets.has(target)) throw invalid(text, `it names "${target}" twice`);
    targets.set(target, severity);
  }
  return {
    fallback: fallback ?? severities.info,
    targets: [...targets].map(([target, severity]) => ({ target, severity }))
      .sort((a, b) => b.target.length - a.target.length),
  };
}

/**
 * Reads `RUST_LOG`, where a name alone is a target of which everything is logged.
 *
 * @throws {TypeError} when a level is unknown or a part can't be read
 */
export function parseRustLog(text: string): LevelFilter {
  const parts = text.split(",").map((part) => part.trim()).filter((part) => part !== "");
  return parseLevelFilter(
    parts.map((part) => {
      const known = part.includes("=") || part.toLowerCase() === "off" ||
        Object.hasOwn(severities, part.toLowerCase());
      return known ? part : `${part}=trace`;
    }).join(","),
  );
}

function parseSeverity(name: string, text: string): number {
  const lower = name.toLowerCase();
  if (lower === "off") return OFF;
  if (Object.hasOwn(severities, lower)) return severities[lower as LogLevel];
  const known = Object.keys(severities).join(", ");
  throw invalid(text, `"${name}" is none of ${known}, off`);
}

function invalid(text: string, why: string): TypeError {
  return new TypeError(`Cannot read log level "${text}": ${why}`);
}

/** The least severity that `filter` lets through for `target`: `a.b` covers `a.b` and `a.b.c`. */
export function thresholdOf(filter: LevelFilter, target: string): number {
  const match = filter.targets.find((entry) =>
    target === entry.target || target.startsWith(`${entry.target}.`)
  );
  return match?.severity ?? filter.fallback;
}
