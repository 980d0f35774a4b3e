/**
 * Runs the tests with the real `jsr:@std/*` packages in place of the stand-ins
 * under `links/`: in a copy of the tree without `links`, and without the lock
 * file, which a tree with links and one without can't share. Needs JSR.
 */
import { root } from "./_workspace.ts";

const folder = await Deno.makeTempDir({ prefix: "oprc-jsr-" });
let code: number;
try {
  const listed = await new Deno.Command("git", {
    args: ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
    cwd: root,
    stderr: "inherit",
  }).output();
  for (const path of new TextDecoder().decode(listed.stdout).split("\0").filter(Boolean)) {
    if (path === "deno.lock" || path.startsWith("links/")) continue;
    await Deno.mkdir(`${folder}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.copyFile(new URL(path, root), `${folder}/${path}`);
  }
  const config = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  delete config.links;
  delete config.lock;
  await Deno.writeTextFile(`${folder}/deno.json`, JSON.stringify(config, undefined, 2));
  const { code: ended } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "test", ...Deno.args],
    cwd: folder,
  }).spawn().status;
  code = ended;
} finally {
  await Deno.remove(folder, { recursive: true });
}
Deno.exit(code);
