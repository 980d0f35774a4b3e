/**
 * The .proto files beside those of the last released version: `buf breaking` finds
 * what would break a peer. Before the first tag there is nothing to compare with.
 */
import { buf } from "./gen.ts";
import { conclude, root } from "./_workspace.ts";

const { success, stdout } = await new Deno.Command("git", {
  args: ["describe", "--tags", "--abbrev=0", "--match", "v*"],
  cwd: root,
  stderr: "null",
}).output();
const tag = new TextDecoder().decode(stdout).trim();
if (!success) {
  console.log("breaking changes: no version is tagged yet");
} else {
  const problems: string[] = [];
  try {
    await buf(new URL("proto/", root), "breaking", "--against", `../.git#tag=${tag},subdir=proto`);
  } catch (error) {
    problems.push(`since ${tag}: ${(error as Error).message}`);
  }
  conclude("breaking changes", problems);
}
