/**
 * The packages as a stranger meets them: published by the real `deno publish` into
 * a registry of the test's own, then added in empty folders, by Deno and by npm.
 */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { root, type WorkspacePackage, workspacePackages } from "../../_tools/_workspace.ts";
import { installed } from "../_peers.ts";
import { findNode } from "../_node.ts";
import { Registry } from "./registry.ts";

const packages = workspacePackages();
const rootConfig = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
const programs = new URL("programs/", import.meta.url);

/** What a program imports: our packages, and others with the range the workspace has. */
function needs(source: string): { ours: string[]; others: string[] } {
  const ours = new Set<string>();
  const others = new Set<string>();
  for (const [, specifier] of source.matchAll(/ from "((?:@[^/"]+\/)?[^/"]+)/g)) {
    if (specifier!.startsWith("@oprc/")) ours.add(specifier!);
    else others.add(rootConfig.imports[specifier!].replace("npm:", ""));
  }
  return { ours: [...ours], others: [...others] };
}

interface Run {
  readonly code: number;
  readonly said: string;
}

async function run(
  cwd: string,
  command: readonly string[],
  env: Record<string, string> = {},
): Promise<Run> {
  const [program, ...args] = command;
  const { code, stdout, stderr } = await new Deno.Command(program!, {
    args,
    cwd,
    env: { NO_COLOR: "1", ...env },
  }).output();
  const decoder = new TextDecoder();
  return { code, said: decoder.decode(stdout) + decoder.decode(stderr) };
}

async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir({ prefix: "oprc-registry-" });
  try {
    return await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A package's entry points: what is imported, and the file behind it. */
function entries({ folder, config }: WorkspacePackage): [string, string][] {
  const exports = typeof config.exports === "string" ? { ".": config.exports } : config.exports;
  return Object.entries(exports).map(([subpath, file]) => [
    `${config.name}${subpath.slice(1)}`,
    `${folder}/${file.replace("./", "")}`,
  ]);
}

/** What an entry point exports, types and values, by `deno doc`. */
async function exportedNames(file: string): Promise<string[]> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", file],
    cwd: root,
  }).output();
  const { nodes } = JSON.parse(new TextDecoder().decode(stdout)) as {
    nodes: Record<string, { symbols: { name: string }[] }>;
  };
  return Object.values(nodes).flatMap(({ symbols }) => symbols.map(({ name }) => name));
}

function alias(entry: string, name: string): string {
  return `${entry}_${name}`.replace(/[^A-Za-z0-9_]/g, "_");
}

Deno.test("the published packages work where they are added", async (t) => {
  await using cleanUp = new AsyncDisposableStack();
  const folder = await Deno.makeTempDir({ prefix: "oprc-registry-" });
  cleanUp.defer(() => Deno.remove(folder, { recursive: true }));
  const registry = cleanUp.use(new Registry(folder));

  await t.step("deno publish takes all of them", async () => {
    for (const name of ["assert", "yaml", "dotenv", "log"]) {
      const link = decodeURIComponent(new URL(`links/${name}`, root).pathname);
      await registry.publish(link, "--allow-slow-types", "--allow-dirty");
    }
    await registry.publish(decodeURIComponent(root.pathname), "--allow-dirty");
    for (const { config } of packages) {
      const published = registry.published.get(config.name)!;
      assertEquals(published.version, config.version);
      const paths = [...published.files.keys()];
      assertEquals(paths.filter((path) => /_test\.ts$|testdata|_testing\.ts$/.test(path)), []);
      for (const path of paths.filter((path) => path.endsWith(".ts"))) {
        const source = new TextDecoder().decode(published.files.get(path))
          .replace(/\/\*.*?\*\//gs, "");
        // A published module imports by complete specifiers, and none of a file outside.
        for (const [, specifier] of source.matchAll(/^(?:import|export) [^;]*? from "([^"]+)"/gm)) {
          const complete = /^(?:\.\.?\/|jsr:|npm:|node:)/.test(specifier!);
          assertEquals(complete, true, `${config.name}${path} imports ${specifier}`);
        }
      }
    }
  });

  for (const { folder: name } of packages) {
    const source = await Deno.readTextFile(new URL(`${name}.js`, programs));
    const { ours, others } = needs(source);

    await t.step(`deno add jsr:@oprc/${name}`, () =>
      inFolder(async (cwd) => {
        const env = { JSR_URL: registry.url };
        const specifiers = [
          ...ours.map((our) => `jsr:${our}`),
          ...others.map((other) => `npm:${other}`),
        ];
        const added = await run(cwd, [Deno.execPath(), "add", "--quiet", ...specifiers], env);
        assertEquals(added.code, 0, added.said);
        await Deno.writeTextFile(`${cwd}/main.js`, source);
        // With exactly the permissions that the package's README lists.
        const flags = /^\/\/ permissions:(.*)$/m.exec(source)![1]!.split(" ").filter(Boolean);
        const readme = await Deno.readTextFile(new URL(`${name}/README.md`, root));
        for (const flag of flags) assertStringIncludes(readme, flag);
        const command = [Deno.execPath(), "run", "--quiet", "--no-prompt", ...flags, "main.js"];
        const ran = await run(cwd, command, env);
        assertEquals([ran.code, ran.said], [0, "ok\n"]);
      }));
  }

  const npm = await installed("npm", "--version");
  const nodes = await Promise.all([20, 24].map(async (major) => ({
    major,
    command: npm && await findNode(major),
  })));
  const required = Deno.env.get("OPRC_REQUIRE_PEERS") === "1";
  if (npm !== undefined) {
    await t.step("the npm face of each is made", () => registry.makeNpmFace());
  }
  for (const { folder: name } of packages) {
    const source = await Deno.readTextFile(new URL(`${name}.js`, programs));
    const { ours, others } = needs(source);
    await t.step({
      name: npm
        ? `npm install @oprc/${name}, Node ${nodes.map(({ major }) => major).join(" and ")}`
        : `npm install @oprc/${name} (skipped: needs npm)`,
      ignore: npm === undefined && !required,
      fn: () =>
        inFolder(async (cwd) => {
          await Deno.writeTextFile(`${cwd}/.npmrc`, `@jsr:registry=${registry.url}\n`);
          const dependencies = Object.fromEntries([
            ...ours.map((our) => [our, `npm:@jsr/${our.slice(1).replace("/", "__")}@*`]),
            ...others.map((other) => [other.replace(/(.)@.*$/, "$1"), other.replace(/^.+@/, "")]),
          ]);
          await Deno.writeTextFile(
            `${cwd}/package.json`,
            JSON.stringify({ name: "stranger", private: true, type: "module", dependencies }),
          );
          const install = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund"];
          const added = await run(cwd, install);
          assertEquals(added.code, 0, added.said);
          await Deno.writeTextFile(`${cwd}/main.js`, source);
          for (const { major, command } of nodes) {
            if (command === undefined) {
              assertEquals(required, false, `Node ${major} is not to be had`);
              continue;
            }
            const ran = await run(cwd, [...command, "main.js"]);
            assertEquals([ran.code, ran.said.replace(/^npm warn.*\n/gm, "")], [0, "ok\n"]);
          }
        }),
    });
  }

  await t.step({
    name: npm
      ? "tsc --strict takes every public type, and refuses wrong programs"
      : "tsc --strict takes every public type (skipped: needs npm)",
    ignore: npm === undefined && !required,
    fn: () =>
      inFolder(async (cwd) => {
        await Deno.writeTextFile(`${cwd}/.npmrc`, `@jsr:registry=${registry.url}\n`);
        const dependencies: Record<string, string> = {
          typescript: "5.9.3",
          "@types/node": "^24",
        };
        for (const { config } of packages) {
          dependencies[config.name] = `npm:@jsr/${config.name.slice(1).replace("/", "__")}@*`;
        }
        const write = (name: string, content: string) =>
          Deno.writeTextFile(`${cwd}/${name}`, content);
        await write(
          "package.json",
          JSON.stringify({ name: "stranger", private: true, type: "module", dependencies }),
        );
        await write(
          "tsconfig.json",
          JSON.stringify({
            compilerOptions: {
              strict: true,
              exactOptionalPropertyTypes: true,
              skipLibCheck: false,
              noEmit: true,
              module: "nodenext",
              target: "es2022",
              lib: ["es2022", "esnext.disposable", "dom"],
              types: ["node"],
            },
          }),
        );
        const install = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund"];
        const added = await run(cwd, install);
        assertEquals(added.code, 0, added.said);

        const tsc = [Deno.execPath(), "run", "-A", "--no-lock", "node_modules/typescript/bin/tsc"];
        let uses = "";
        for (const [entry, file] of packages.flatMap(entries)) {
          const names = await exportedNames(file);
          uses += `export type { ${
            names.map((name) => `${name} as ${alias(entry, name)}`).join(", ")
          } } from "${entry}";\n`;
        }
        await write("uses.ts", uses);
        const right = await run(cwd, tsc);
        assertEquals([right.code, right.said], [0, ""]);

        await Deno.remove(`${cwd}/uses.ts`);
        const wrong: { says: string; code: string; error: string }[] = JSON.parse(
          await Deno.readTextFile(new URL("types/wrong.json", import.meta.url)),
        );
        for (const [i, { code }] of wrong.entries()) await write(`wrong_${i}.ts`, code);
        const { said } = await run(cwd, tsc);
        for (const [i, { says, error }] of wrong.entries()) {
          const errors = said.split("\n").filter((line) => line.startsWith(`wrong_${i}.ts`));
          assertEquals(errors.length, 1, `${says}: ${said}`);
          assertMatch(errors[0]!, new RegExp(`error (${error}):`), says);
        }
      }),
  });

  await t.step("a version that is not there says so", () =>
    inFolder(async (cwd) => {
      const added = await run(cwd, [Deno.execPath(), "add", "jsr:@oprc/models@9"], {
        JSR_URL: registry.url,
      });
      assertEquals(added.code, 1);
      assertStringIncludes(added.said, "@oprc/models");
    }));
});
