/** Finds the versions of Node that the tests run on. */
import { outputOf } from "./_peers.ts";

/**
 * The Node that is installed. Where there is none, Deno answers to the name itself,
 * with a version of its own.
 */
export async function installedNode(): Promise<string | undefined> {
  return (await outputOf("node", "--version"))?.startsWith("v") ? "node" : undefined;
}

/** A command that runs this major version of Node: the one installed, or one from npm. */
export async function findNode(major: number): Promise<readonly string[] | undefined> {
  const isRight = (version: string | undefined) => version?.startsWith(`v${major}.`) === true;
  if (isRight(await outputOf("node", "--version"))) return ["node"];
  const os = { linux: "linux", darwin: "darwin", windows: "win" }[Deno.build.os as string];
  const arch = Deno.build.arch === "aarch64" ? "arm64" : "x64";
  const npx = ["npx", "-y", "-p", `node-${os}-${arch}@${major}`, "node"];
  return isRight(await outputOf(npx[0]!, ...npx.slice(1), "--version")) ? npx : undefined;
}
