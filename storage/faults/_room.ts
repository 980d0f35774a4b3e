/** Ways to run a program where there is little room for its files. */

async function works(command: readonly string[]): Promise<boolean> {
  try {
    return (await new Deno.Command(command[0]!, { args: command.slice(1) }).output()).success;
  } catch {
    return false;
  }
}

/** As the user that we are if it may, or as one who is root in a namespace of its own. */
const NAMESPACES = [["unshare", "-m"], ["unshare", "-r", "-m"]];

/** Runs a command with a small disk at a folder, which nobody else sees and which goes with it. */
export type OnDisk = (folder: string, command: readonly string[]) => readonly string[];

async function findDisk(): Promise<OnDisk | undefined> {
  for (const namespace of NAMESPACES) {
    const on: OnDisk = (folder, command) => [
      ...namespace,
      "sh",
      "-c",
      'mount -t tmpfs -o size=16m tmpfs "$0" && exec "$@"',
      folder,
      ...command,
    ];
    const folder = await Deno.makeTempDir();
    const found = await works(on(folder, ["true"]));
    await Deno.remove(folder);
    if (found) return on;
  }
}

/** A small disk, if we may mount one. */
export const onDisk: OnDisk | undefined = await findDisk();

/**
 * Runs a command that outlives a limit on the size of files, which fails writes as a disk does that
 * has no room.
 */
export const withLimit: ((command: readonly string[]) => readonly string[]) | undefined =
  await works(["prlimit", "--fsize"])
    ? (command) => ["sh", "-c", `trap '' XFSZ; exec "$@"`, "sh", ...command]
    : undefined;
