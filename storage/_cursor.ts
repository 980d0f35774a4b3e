import { StorageError } from "./errors.ts";

/** Encodes plain ASCII data as an opaque token that is safe in a URL. */
export function encodeToken(parts: readonly (string | null)[]): string {
  return btoa(JSON.stringify(parts)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** Decodes what {@linkcode encodeToken} made of so many parts; `undefined` if it didn't. */
export function decodeToken(token: string, length: number): (string | null)[] | undefined {
  try {
    const parts: unknown = JSON.parse(atob(token.replaceAll("-", "+").replaceAll("_", "/")));
    if (!Array.isArray(parts) || parts.length !== length) return undefined;
    return parts.every((part) => part === null || typeof part === "string") ? parts : undefined;
  } catch {
    return undefined;
  }
}

export function badCursor(prefix: string): StorageError {
  return new StorageError(
    "invalid",
    `Cannot list prefix ${JSON.stringify(prefix)}: the cursor is of another list or store`,
  );
}

/** Where a list stands: behind a key, since a floor revision. */
export interface Position {
  readonly after: string;
  readonly floor: string;
}

export function encodeCursor(store: string, prefix: string, position: Position): string {
  return encodeToken([store, prefix, position.after, position.floor]);
}

export function decodeCursor(store: string, prefix: string, cursor: string): Position {
  const [owner, of, after, floor] = decodeToken(cursor, 4) ?? [];
  if (owner !== store || of !== prefix || !after?.startsWith(prefix) || !floor) {
    throw badCursor(prefix);
  }
  return { after, floor };
}
