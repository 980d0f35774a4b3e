/**
 * Documentation of every export, by `deno doc --lint`. It also asks that each
 * type in a public signature be public itself; types of others can't be, so
 * those that are part of our interface by intent are named here, and any other
 * third-party type in a signature is a finding.
 */
import { conclude, root, workspacePackages } from "./_workspace.ts";

/** Protobuf's messages and descriptors; Connect's transport, interceptor and error. */
const foreign = new Set([
  "Client",
  "Code",
  "ConnectError",
  "ContextValues",
  "DescMessage",
  "DescMethod",
  "DescMethodBiDiStreaming",
  "DescMethodClientStreaming",
  "DescMethodServerStreaming",
  "DescMethodUnary",
  "DescService",
  "Interceptor",
  "JsonValue",
  "MessageInitShape",
  "MessageShape",
  "Transport",
]);

const packages = workspacePackages();

/** What @oprc/proto exports: generated, so its documentation is that of the .proto files. */
const contract = new Set<string>();
for (const file of packages.find(({ folder }) => folder === "proto")!.entryPoints) {
  const text = Deno.readTextFileSync(new URL(file, root));
  for (const [, name] of text.matchAll(/^ {2}(\w+),$/gm)) contract.add(name!);
}

const entryPoints = packages.flatMap(({ folder, entryPoints }) =>
  folder === "proto" ? ["proto/mod.ts"] : entryPoints
);
const { code, stderr } = await new Deno.Command(Deno.execPath(), {
  args: ["doc", "--lint", ...entryPoints],
  cwd: root,
  env: { NO_COLOR: "1" },
}).output();
const text = new TextDecoder().decode(stderr);
const findings = text.split(/^(?=error\[)/m).filter((finding) => finding.startsWith("error["));
if (code !== 0 && findings.length === 0) throw new Error(text);

const problems: string[] = [];
for (const finding of findings) {
  const type = /references private type '(\w+)'/.exec(finding)?.[1];
  if (type !== undefined && (foreign.has(type) || contract.has(type))) continue;
  const [what, where] = finding.split("\n");
  problems.push(`${where!.replace(/^\s*-->\s*/, "").replace(root.pathname, "")}: ${what}`);
}
conclude("documentation", problems);
