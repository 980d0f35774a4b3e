/**
 * Format, lint and types of `bench/`, which stands outside the workspace so that
 * nobody else fetches what it compares with.
 */
import { importMap } from "../bench/_import_map.ts";
import { conclude, root } from "./_workspace.ts";

const map = await Deno.makeTempFile({ prefix: "oprc-bench-", suffix: ".json" });
const problems: string[] = [];
try {
  await Deno.writeTextFile(map, JSON.stringify(importMap()));
  for (
    const args of [
      ["fmt", "--check", "--no-config", "--line-width=100", "bench"],
      ["lint", "--no-config", "bench"],
      ["check", "--no-config", "--no-lock", "--unstable-kv", `--import-map=${map}`, "bench"],
    ]
  ) {
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args,
      cwd: root,
      env: { NO_COLOR: "1" },
    }).output();
    if (!success) problems.push(new TextDecoder().decode(stderr));
  }
} finally {
  await Deno.remove(map);
}
conclude("comparisons", problems);
