/**
 * What JSR's score asks of a package, as far as it shows in the package itself:
 * a README with an example, documentation of every entry point and every symbol,
 * a description, runtimes. Slow types are the dry run's matter, provenance the
 * publishing workflow's. Prints what the publisher enters on the site.
 */
import { conclude, root, workspacePackages } from "./_workspace.ts";

/** What is entered by hand on the package's page: at most 250 characters, and runtimes. */
interface Listing {
  readonly description: string;
  readonly runtimes: readonly string[];
}

interface Documentation {
  readonly nodes: Readonly<
    Record<string, {
      readonly module_doc?: { readonly doc?: string; readonly tags?: readonly unknown[] };
      readonly symbols: readonly {
        readonly name: string;
        readonly declarations: readonly { readonly jsDoc?: { readonly doc?: string } }[];
      }[];
    }>
  >;
}

const listings: Record<string, Listing> = JSON.parse(
  Deno.readTextFileSync(new URL("_tools/listings.json", root)),
);
const problems: string[] = [];
for (const { folder, config, entryPoints } of workspacePackages()) {
  const readme = Deno.readTextFileSync(new URL(`${folder}/README.md`, root));
  if (!/^```(ts|js)$/m.test(readme)) problems.push(`${folder}/README.md has no example`);
  const listing = listings[folder];
  if (!listing || listing.description.length > 250 || listing.description.length < 20) {
    problems.push(`_tools/listings.json: ${folder} wants a description of 20 to 250 characters`);
  }
  if ((listing?.runtimes.length ?? 0) < 2) {
    problems.push(`_tools/listings.json: ${folder} wants two runtimes`);
  }
  let symbols = 0;
  for (const entryPoint of entryPoints) {
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["doc", "--json", entryPoint],
      cwd: root,
    }).output();
    const { nodes }: Documentation = JSON.parse(new TextDecoder().decode(stdout));
    for (const { module_doc, symbols: exported } of Object.values(nodes)) {
      if (!module_doc?.doc) problems.push(`${entryPoint} has no module documentation`);
      for (const { name, declarations } of exported) {
        symbols++;
        // A namespace of re-exports is documented by what it holds.
        const isNamespace = folder === "proto" && entryPoint.endsWith("mod.ts");
        if (!isNamespace && !declarations.some(({ jsDoc }) => jsDoc?.doc)) {
          problems.push(`${entryPoint}: ${name} is not documented`);
        }
      }
    }
  }
  console.log(
    `${config.name}: ${symbols} symbols; ${listing?.runtimes.join(", ")}; ${listing?.description}`,
  );
}

const site = await Deno.makeTempDir({ prefix: "oprc-site-" });
const { success, stderr } = await new Deno.Command(Deno.execPath(), {
  args: ["doc", "--html", "--name=oprc", `--output=${site}`]
    .concat(workspacePackages().flatMap(({ entryPoints }) => entryPoints)),
  cwd: root,
}).output();
if (!success) problems.push(`the site can't be built: ${new TextDecoder().decode(stderr)}`);
await Deno.remove(site, { recursive: true });
conclude("score", problems);
