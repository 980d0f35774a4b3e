import { DEFAULT_KEY_PREFIX } from "../keys.ts";

/** What is wrong with how the program was called. */
export class UsageError extends Error {}

/** Where entries come from or go to. */
export type Place =
  | { readonly type: "file"; readonly path: string }
  | { readonly type: "deno-kv"; readonly path: string }
  | { readonly type: "etcd"; readonly endpoints: readonly string[]; readonly access: Access };

/** How an etcd cluster is entered. Of files, their paths. */
export interface Access {
  readonly username?: string | undefined;
  readonly passwordFile?: string | undefined;
  /** The environment variable with the password. */
  readonly passwordVariable: string;
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly serverName?: string | undefined;
}

/** What is to be done. */
export interface Plan {
  readonly from: Place;
  readonly to: Place;
  readonly keyPrefix: string;
  readonly toKeyPrefix: string | undefined;
  readonly replace: boolean;
}

const SIDE_OPTIONS = ["username", "password-file", "ca", "cert", "key", "server-name"] as const;

const WITH_VALUE: ReadonlySet<string> = new Set([
  "from",
  "to",
  "key-prefix",
  "to-key-prefix",
  ...SIDE_OPTIONS.flatMap((option) => [`from-${option}`, `to-${option}`]),
]);

type Values = ReadonlyMap<string, string>;

/** An argument as messages may show it: without what could be a secret. */
function shown(text: string): string {
  return JSON.stringify(text.replace(/\/\/[^/@\s,]*@/g, "//...@"));
}

function place(side: "from" | "to", values: Values): Place {
  const text = values.get(side);
  if (text === undefined) throw new UsageError(`--${side} is missing`);
  const [, type, rest] = /^(file|deno-kv|etcd):(.*)$/s.exec(text) ?? [];
  if (type === undefined || !rest) {
    throw new UsageError(
      `--${side} ${shown(text)} is none of file:PATH, deno-kv:PATH and etcd:URL,URL`,
    );
  }
  if (type !== "etcd") {
    const stray = SIDE_OPTIONS.find((option) => values.has(`${side}-${option}`));
    if (stray) throw new UsageError(`--${side}-${stray} is for etcd, and --${side} is a ${type}`);
    return { type: type as "file" | "deno-kv", path: rest };
  }
  const get = (option: typeof SIDE_OPTIONS[number]) => values.get(`${side}-${option}`);
  const access: Access = {
    username: get("username"),
    passwordFile: get("password-file"),
    passwordVariable: `OPRC_${side.toUpperCase()}_PASSWORD`,
    ca: get("ca"),
    cert: get("cert"),
    key: get("key"),
    serverName: get("server-name"),
  };
  if (access.passwordFile !== undefined && access.username === undefined) {
    throw new UsageError(`--${side}-password-file takes --${side}-username`);
  }
  return { type, endpoints: rest.split(","), access };
}

/** Reads the arguments; `undefined` if they ask for help. */
export function parseArguments(args: readonly string[]): Plan | undefined {
  const values = new Map<string, string>();
  let replace = false;
  for (let i = 0; i < args.length; i++) {
    const argument = args[i]!;
    if (argument === "--help" || argument === "-h") return undefined;
    if (argument === "--replace") {
      replace = true;
      continue;
    }
    const [, name, inline] = /^--([a-z-]+)(?:=(.*))?$/s.exec(argument) ?? [];
    if (name !== undefined && /^(from-|to-)?password$/.test(name)) {
      throw new UsageError(
        "a password is no argument, which others on the machine can read: use " +
          "--from-password-file, --to-password-file, or the variables OPRC_FROM_PASSWORD and " +
          "OPRC_TO_PASSWORD",
      );
    }
    // What it is isn't shown: it may be a secret in the wrong place.
    if (name === undefined) throw new UsageError(`argument ${i + 1} is no option`);
    if (!WITH_VALUE.has(name)) throw new UsageError(`there is no option --${name}`);
    if (values.has(name)) throw new UsageError(`--${name} is given twice`);
    const value = inline ?? args[++i];
    if (!value || (inline === undefined && value.startsWith("--"))) {
      throw new UsageError(`--${name} takes a value`);
    }
    values.set(name, value);
  }
  const [from, to] = [place("from", values), place("to", values)];
  if (from.type === "file" && to.type === "file") {
    throw new UsageError("one of --from and --to must be a store");
  }
  if (from.type === "deno-kv" && to.type === "deno-kv" && from.path === to.path) {
    throw new UsageError("--from and --to are the same");
  }
  const [keyPrefix, toKeyPrefix] = [values.get("key-prefix"), values.get("to-key-prefix")];
  if (keyPrefix !== undefined && from.type === "file") {
    throw new UsageError("--key-prefix is for a store, and --from is a file");
  }
  if (toKeyPrefix !== undefined && to.type === "file") {
    throw new UsageError("--to-key-prefix is for a store, and --to is a file");
  }
  return { from, to, keyPrefix: keyPrefix ?? DEFAULT_KEY_PREFIX, toKeyPrefix, replace };
}
