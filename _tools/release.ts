/**
 * Releases. All packages move in lockstep.
 *
 * - `bump <version>`: writes the version into every package, and gives the section
 *   "Unreleased" of CHANGES.md that version and today's date.
 * - `check <tag>`: the tag, the packages and CHANGES.md agree on the version.
 */
import { conclude, root, workspacePackages } from "./_workspace.ts";

const SEMVER = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?$/;
const UNRELEASED = "## Unreleased\n";

const changesPath = new URL("CHANGES.md", root);

/** Whether `a` is a later version than `b`; a pre-release is earlier than its version. */
function isLater(a: string, b: string): boolean {
  const numbers = (version: string) => version.split("-")[0]!.split(".").map(Number);
  const [x, y] = [numbers(a), numbers(b)];
  for (let i = 0; i < 3; i++) if (x[i] !== y[i]) return x[i]! > y[i]!;
  return b.includes("-") && (!a.includes("-") || a > b);
}

function fail(message: string): never {
  console.error(message);
  Deno.exit(1);
}

async function bump(version: string): Promise<void> {
  if (!SEMVER.test(version)) fail(`Cannot bump to ${JSON.stringify(version)}: no semantic version`);
  const packages = workspacePackages();
  const changes = await Deno.readTextFile(changesPath);
  const [before, after] = changes.split(UNRELEASED);
  if (after === undefined) fail(`Cannot bump: CHANGES.md has no section "${UNRELEASED.trim()}"`);
  const released = /^## \d/m.test(changes);
  for (const { config } of packages) {
    // The first release may keep the version that the packages began with.
    if (isLater(version, config.version) || (!released && version === config.version)) continue;
    fail(`Cannot bump to ${version}: ${config.name} is at ${config.version}`);
  }
  if (!/^- /m.test(after.split(/^## /m)[0]!)) {
    fail(`Cannot bump: the section "${UNRELEASED.trim()}" of CHANGES.md is empty`);
  }
  for (const { folder, config } of packages) {
    const path = new URL(`${folder}/deno.json`, root);
    const text = await Deno.readTextFile(path);
    await Deno.writeTextFile(
      path,
      text.replace(`"version": "${config.version}"`, `"version": "${version}"`),
    );
  }
  const today = new Date().toISOString().slice(0, 10);
  await Deno.writeTextFile(
    changesPath,
    `${before}${UNRELEASED}\n## ${version}, ${today}\n${after}`,
  );
  console.log(`Now ${version}; review the diff, run deno task ok, commit, tag v${version}`);
}

async function check(tag: string): Promise<never> {
  const problems: string[] = [];
  const changes = await Deno.readTextFile(changesPath);
  const version = tag.replace(/^v/, "");
  if (!tag.startsWith("v") || !SEMVER.test(version)) problems.push(`${tag} is no tag of a version`);
  for (const { config } of workspacePackages()) {
    if (config.version !== version) problems.push(`${config.name} is at ${config.version}`);
  }
  if (!changes.includes(`\n## ${version}, `)) problems.push(`CHANGES.md has no section ${version}`);
  conclude(`release ${tag}`, problems);
}

const [command, argument] = Deno.args;
if (command === "bump" && argument) await bump(argument);
else if (command === "check" && argument) await check(argument);
else fail("usage: release.ts bump VERSION | check TAG");
