/**
 * The import map of the comparisons: the packages as they are in this tree, what
 * they need, and the contenders. It stands apart from the root's configuration, so
 * that who runs the tests or the demo fetches no contender.
 */
import { root, workspacePackages } from "../_tools/_workspace.ts";

/** The import map, with absolute addresses. */
export function importMap(): { readonly imports: Readonly<Record<string, string>> } {
  const read = (path: string) => JSON.parse(Deno.readTextFileSync(new URL(path, root)));
  const imports: Record<string, string> = {
    ...read("deno.json").imports,
    ...read("bench/contenders.json"),
  };
  for (const [name, target] of Object.entries(imports)) {
    // A configuration's imports cover subpaths, an import map's do not.
    if (target.startsWith("npm:")) imports[`${name}/`] ??= `${target.replace("npm:", "npm:/")}/`;
  }
  for (const { folder, config } of workspacePackages()) {
    const exports = typeof config.exports === "string" ? { ".": config.exports } : config.exports;
    for (const [subpath, file] of Object.entries(exports)) {
      imports[`${config.name}${subpath.slice(1)}`] = new URL(`${folder}/${file}`, root).href;
    }
  }
  for (const name of ["assert", "dotenv", "log", "yaml"]) {
    imports[`@std/${name}`] = new URL(`links/${name}/mod.ts`, root).href;
  }
  imports["@std/yaml/parse"] = new URL("links/yaml/parse.ts", root).href;
  return { imports };
}
