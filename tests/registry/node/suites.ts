/** The packages' own test files, laid out for Node over the packages as npm installs them. */
import { root } from "../../../_tools/_workspace.ts";
import { filesUnder } from "../registry.ts";

const rootPath = decodeURIComponent(root.pathname);

/** The folders of the packages. */
const PACKAGES = ["proto", "models", "storage", "grpc", "observability", "config"];

/** What their tests share, or read. */
const SHARED = ["tests/_", "examples/packages/"];

/** Test files that start programs in TypeScript, on Node of themselves. */
const OF_THEIR_OWN: ReadonlySet<string> = new Set(["grpc/doctor_test.ts"]);

/** Makes JavaScript, with a source map inside, beside each of these TypeScript files. */
export type Transform = (files: readonly string[]) => Promise<void>;

/**
 * Copies the test files, and what they need that is not published, from the repository to
 * `${folder}/suite`, as JavaScript. What a test imports of a package is then, by `hooks.js`,
 * the installed package's own file in `${folder}/node_modules`.
 *
 * @returns The test files of each package, as paths in `folder`
 */
export async function layOutSuites(
  folder: string,
  transform: Transform,
): Promise<Map<string, string[]>> {
  const tests = new Map<string, string[]>();
  const modules: string[] = [];
  const copy = async (path: string) => {
    if (path.endsWith(".ts")) modules.push(`suite/${path}`);
    const to = `${folder}/suite/${path}`;
    await Deno.mkdir(to.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.copyFile(`${rootPath}${path}`, to);
  };
  for (const name of PACKAGES) {
    const published = new Set(await filesUnder(`${folder}/node_modules/@oprc/${name}`));
    for (const path of await filesUnder(`${rootPath}${name}`)) {
      if (path.endsWith(".ts") && published.has(path.replace(/\.ts$/, ".js"))) continue;
      await copy(`${name}/${path}`);
      if (!path.endsWith("_test.ts") || OF_THEIR_OWN.has(`${name}/${path}`)) continue;
      const file = `suite/${name}/${path.replace(/\.ts$/, ".js")}`;
      tests.set(name, [...tests.get(name) ?? [], file]);
    }
  }
  for (const start of SHARED) {
    const [above] = start.split("/");
    for (const path of await filesUnder(`${rootPath}${above}`)) {
      if (`${above}/${path}`.startsWith(start)) await copy(`${above}/${path}`);
    }
  }
  await transform(modules);
  for (const file of modules) {
    const path = `${folder}/${file.replace(/\.ts$/, ".js")}`;
    const source = await Deno.readTextFile(path);
    // On the first line, so that the source map's lines stay right.
    const up = "../".repeat(file.split("/").length - 1);
    if (/\bDeno\b/.test(source)) {
      await Deno.writeTextFile(path, `import { Deno } from "${up}deno_on_node.js"; ${source}`);
    }
  }
  for (const name of ["deno_on_node.js", "hooks.js"]) {
    await Deno.copyFile(new URL(`testdata/${name}`, import.meta.url), `${folder}/${name}`);
  }
  return tests;
}
