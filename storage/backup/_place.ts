import { StorageError } from "../errors.ts";
import type { StorageFactory } from "../factory.ts";
import { type EtcdOptions, openStorage } from "../open_storage.ts";
import type { Place } from "./_arguments.ts";
import { UsageError } from "./_arguments.ts";
import { environment, exists, readText } from "./_runtime.ts";

async function fileText(option: string, path: string): Promise<string> {
  try {
    return await readText(path);
  } catch (cause) {
    const code = (cause as { code?: string }).code ?? (cause as Error).name;
    throw new UsageError(`${option} ${JSON.stringify(path)} can't be read: ${code}`, { cause });
  }
}

async function etcd(
  side: "from" | "to",
  { endpoints, access }: Place & { type: "etcd" },
): Promise<EtcdOptions> {
  const { username, passwordFile, passwordVariable, serverName } = access;
  let password: string | undefined;
  if (username !== undefined) {
    password = passwordFile === undefined
      ? environment(passwordVariable)
      // A file that an editor made ends with a line feed, which no password does.
      : (await fileText(`--${side}-password-file`, passwordFile)).replace(/\r?\n$/, "");
    if (!password) {
      throw new UsageError(
        `--${side}-username takes a password in ${passwordVariable} or --${side}-password-file`,
      );
    }
  }
  const pem = async (option: "ca" | "cert" | "key") => {
    const path = access[option];
    return path === undefined ? undefined : await fileText(`--${side}-${option}`, path);
  };
  const tls = { ca: await pem("ca"), cert: await pem("cert"), key: await pem("key"), serverName };
  const wanted = Object.values(tls).some((value) => value !== undefined);
  return { endpoints, username, password, tls: wanted ? tls : undefined };
}

/** Opens a store. */
export async function openPlace(
  side: "from" | "to",
  place: Exclude<Place, { type: "file" }>,
): Promise<StorageFactory> {
  if (place.type === "etcd") {
    return await openStorage({ type: "etcd", etcd: await etcd(side, place) });
  }
  // To open it would make it.
  if (side === "from" && !/^https?:/.test(place.path) && !await exists(place.path)) {
    throw new StorageError(
      "invalid",
      `Cannot open Deno KV at ${JSON.stringify(place.path)}: there is no such file`,
    );
  }
  return await openStorage({ type: "deno-kv", path: place.path });
}
