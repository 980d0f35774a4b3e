export { peerTest } from "../../tests/_peers.ts";

/** A program's name, if it can be run. */
export async function installed(...names: readonly string[]): Promise<string | undefined> {
  for (const name of names) {
    const output = new Deno.Command(name, { args: ["--version"] }).output();
    if (await output.then(({ success }) => success, () => false)) return name;
  }
  return undefined;
}
