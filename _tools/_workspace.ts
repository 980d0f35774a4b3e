/** What the tools know of the workspace: its packages and their entry points. */

/** The repository's root, with a slash at the end. */
export const root = new URL("../", import.meta.url);

/** A package's deno.json, as far as the tools read it. */
export interface PackageConfig {
  readonly name: string;
  readonly version: string;
  readonly exports: string | Readonly<Record<string, string>>;
}

/** A published package of the workspace. */
export interface WorkspacePackage {
  readonly folder: string;
  readonly config: PackageConfig;
  /** The entry points' files, relative to the root. */
  readonly entryPoints: readonly string[];
}

/** The packages of the workspace, in the order of the root deno.json. */
export function workspacePackages(): WorkspacePackage[] {
  const { workspace } = JSON.parse(Deno.readTextFileSync(new URL("deno.json", root))) as {
    workspace: string[];
  };
  return workspace.map((path) => {
    const folder = path.replace("./", "");
    const config: PackageConfig = JSON.parse(
      Deno.readTextFileSync(new URL(`${folder}/deno.json`, root)),
    );
    const files = typeof config.exports === "string"
      ? [config.exports]
      : Object.values(config.exports);
    const entryPoints = files.map((file) => file.replace("./", `${folder}/`));
    return { folder, config, entryPoints };
  });
}

/** Prints what is wrong and ends with 1 if anything is; else says so in one line. */
export function conclude(check: string, problems: readonly string[]): never {
  for (const problem of problems) console.error(`${check}: ${problem}`);
  if (problems.length === 0) console.log(`${check}: nothing to say`);
  Deno.exit(problems.length === 0 ? 0 : 1);
}
