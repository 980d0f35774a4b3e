import { outputOf } from "../../tests/_peers.ts";

export { installedNode } from "../../tests/_node.ts";
export { peerTest } from "../../tests/_peers.ts";

/** The first of these programs that can be run. */
export async function installed(...names: readonly string[]): Promise<string | undefined> {
  for (const name of names) {
    if (await outputOf(name, "--version") !== undefined) return name;
  }
  return undefined;
}
