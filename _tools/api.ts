/**
 * What each package exports, as text: `<package>/api.txt`, without documentation,
 * so that a change of the public surface is seen in review. `deno task api`
 * writes; `--check` compares and exits 1 on a difference.
 */
import { conclude, root, workspacePackages } from "./_workspace.ts";

/** The workspace without comments, in which `deno doc` shows signatures alone. */
async function withoutComments(folder: string): Promise<void> {
  const { stdout } = await new Deno.Command("git", {
    args: ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", "deno.json"]
      .concat(workspacePackages().map(({ folder }) => folder), "links"),
    cwd: root,
  }).output();
  for (const path of new TextDecoder().decode(stdout).split("\0")) {
    if (!/\.(ts|json)$/.test(path) || path.endsWith("_test.ts")) continue;
    const text = await Deno.readTextFile(new URL(path, root)).catch(() => undefined);
    if (text === undefined) continue;
    await Deno.mkdir(`${folder}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.writeTextFile(`${folder}/${path}`, text.replace(/\/\*\*[\s\S]*?\*\//g, ""));
  }
}

async function report(folder: string, entryPoint: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--no-lock", entryPoint],
    cwd: folder,
    env: { NO_COLOR: "1" },
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout)
    .replace(/^Defined in .*\n/gm, "")
    .replace(/ +$/gm, "")
    .replace(/\n{2,}/g, "\n").trim();
}

const folder = await Deno.makeTempDir({ prefix: "oprc-api-" });
const problems: string[] = [];
try {
  await withoutComments(folder);
  for (const { folder: name, config } of workspacePackages()) {
    const exports = typeof config.exports === "string" ? { ".": config.exports } : config.exports;
    let text = "";
    for (const [subpath, file] of Object.entries(exports)) {
      const entryPoint = `${name}/${file.replace("./", "")}`;
      text += `# ${config.name}${subpath.slice(1)}\n\n${await report(folder, entryPoint)}\n\n`;
    }
    const path = new URL(`${name}/api.txt`, root);
    if (!Deno.args.includes("--check")) {
      await Deno.writeTextFile(path, text.trimEnd() + "\n");
    } else if (await Deno.readTextFile(path).catch(() => "") !== text.trimEnd() + "\n") {
      problems.push(`${name}/api.txt is not what the package exports; run deno task api`);
    }
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}
if (Deno.args.includes("--check")) conclude("api", problems);
