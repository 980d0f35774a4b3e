/**
 * The versions that must agree: the pinned Deno (`.dvmrc` is its one place)
 * with the Deno that runs, the advice that @oprc/grpc gives and the commands in
 * the documents; the packages with one another.
 */
import { conclude, root, workspacePackages } from "./_workspace.ts";

const read = (path: string) => Deno.readTextFileSync(new URL(path, root));
const pinned = read(".dvmrc").trim();
const problems: string[] = [];

if (Deno.version.deno !== pinned) {
  problems.push(`this is Deno ${Deno.version.deno}, and .dvmrc pins ${pinned}`);
}
const advised = /RECOMMENDED_DENO\b[^"]*"([^"]+)"/.exec(read("grpc/_runtime.ts"))?.[1];
if (advised !== pinned) {
  problems.push(`grpc/_runtime.ts advises Deno ${advised}, and .dvmrc pins ${pinned}`);
}
for (const path of ["README.md", "CONTRIBUTING.md"]) {
  for (const [, version] of read(path).matchAll(/\bdeno@(\d+\.\d+\.\d+)/g)) {
    if (version !== pinned) {
      problems.push(`${path} says deno@${version}, and .dvmrc pins ${pinned}`);
    }
  }
}
const packages = workspacePackages();
for (const { folder, config } of packages) {
  if (config.name !== `@oprc/${folder}`) problems.push(`${folder}/deno.json: name ${config.name}`);
  if (config.version !== packages[0]!.config.version) {
    problems.push(`${folder}/deno.json: version ${config.version}; all packages move in lockstep`);
  }
}
conclude("versions", problems);
