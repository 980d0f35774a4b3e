/**
 * The packages as a stranger meets them: published by the real `deno publish` into
 * a registry of the test's own, then added in empty folders, by Deno and by npm.
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { root } from "../../_tools/_workspace.ts";
import { installed, outputOf } from "../_peers.ts";
import { findNode } from "../_node.ts";
import { inFolder, npmInstall, packages, rangeOf, run } from "./_stranger.ts";
import { testInBrowser } from "./browser/browser.ts";
import { prepareSuites, runSuites } from "./node/run.ts";
import { Registry } from "./registry.ts";
import { testTypes } from "./types/types.ts";

/** A program that uses a package's main function, and what it imports. */
interface Program {
  readonly name: string;
  readonly source: string;
  readonly ours: readonly string[];
  readonly others: readonly string[];
}

async function readProgram(name: string): Promise<Program> {
  const source = await Deno.readTextFile(new URL(`programs/${name}.js`, import.meta.url));
  const found = [...source.matchAll(/ from "((?:@[^/"]+\/)?[^/"]+)/g)].map((match) => match[1]!);
  const imported = [...new Set(found)];
  const isOurs = (specifier: string) => specifier.startsWith("@oprc/");
  return {
    name,
    source,
    ours: imported.filter(isOurs),
    others: imported.filter((specifier) => !isOurs(specifier)),
  };
}

/** A step of the test that runs if what it needs is there, and says what is missing if not. */
interface Needs {
  readonly name: string;
  readonly needs: Readonly<Record<string, unknown>>;
  readonly fn: () => Promise<void>;
}

/** What has come to JavaScript since Node 20: syntax it can't read, functions it lacks. */
const NOT_IN_NODE_20 = new RegExp(
  String.raw`^\s*(?:await )?using |\bPromise\.(?:withResolvers|try)\b|\bArray\.fromAsync\b` +
    String.raw`|\bIterator\.|\bTemporal\.|\.(?:union|intersection|symmetricDifference)\(` +
    String.raw`|\b(?:Map|Object)\.groupBy\b|\bRegExp\.escape\b|\.(?:to|from)(?:Hex|Base64)\(`,
  "gm",
);

const required = Deno.env.get("OPRC_REQUIRE_PEERS") === "1";

function step(t: Deno.TestContext, { name, needs, fn }: Needs): Promise<boolean> {
  const missing = Object.keys(needs).filter((need) => !needs[need]);
  return t.step({
    name: missing.length > 0 ? `${name} (skipped: needs ${missing.join(" and ")})` : name,
    ignore: missing.length > 0 && !required,
    fn: async () => {
      assertEquals(missing, []);
      await fn();
    },
  });
}

Deno.test("the published packages work where they are added", async (t) => {
  await using cleanUp = new AsyncDisposableStack();
  const folder = await Deno.makeTempDir({ prefix: "oprc-registry-" });
  cleanUp.defer(() => Deno.remove(folder, { recursive: true }));
  const registry = cleanUp.use(new Registry(folder));
  const programs = await Promise.all(packages.map(({ folder: name }) => readProgram(name)));

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
        assertEquals(source.match(NOT_IN_NODE_20) ?? [], [], `${config.name}${path}`);
      }
    }
  });

  for (const { name, source, ours, others } of programs) {
    await t.step(`deno add jsr:@oprc/${name}`, () =>
      inFolder(async (cwd) => {
        const env = { JSR_URL: registry.url };
        const specifiers = [
          ...ours.map((our) => `jsr:${our}`),
          ...others.map((other) => `npm:${other}@${rangeOf(other)}`),
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

  await t.step("a version that is not there says so", () =>
    inFolder(async (cwd) => {
      const added = await run(cwd, [Deno.execPath(), "add", "jsr:@oprc/models@9"], {
        JSR_URL: registry.url,
      });
      assertEquals(added.code, 1);
      assertStringIncludes(added.said, "@oprc/models");
    }));

  const npm = await installed("npm", "--version");
  const chromium = (await outputOf("sh", "-c", "command -v chromium"))?.trim();
  const [node20, node24] = npm ? await Promise.all([findNode(20), findNode(24)]) : [];
  await step(t, {
    name: "the npm face of each is made",
    needs: { npm },
    fn: () => registry.makeNpmFace(),
  });

  for (const { name, source, ours, others } of programs) {
    await step(t, {
      name: `npm install @oprc/${name}, Node 20 and 24`,
      needs: { npm, "Node 20": node20, "Node 24": node24 },
      fn: () =>
        inFolder(async (cwd) => {
          const ranges = Object.fromEntries(others.map((other) => [other, rangeOf(other)]));
          await npmInstall(cwd, registry, ours, ranges);
          await Deno.writeTextFile(`${cwd}/main.js`, source);
          for (const node of [node20!, node24!]) {
            const ran = await run(cwd, [...node, "main.js"]);
            assertEquals([ran.code, ran.said.replace(/^npm warn.*\n/gm, "")], [0, "ok\n"]);
          }
        }),
    });
  }

  await step(t, {
    name: "tsc --strict takes every public type, and refuses wrong programs",
    needs: { npm },
    fn: () => inFolder((cwd) => testTypes(cwd, registry)),
  });

  await step(t, {
    name: "models and clients run in a browser, from a bundle, against a service on Node",
    needs: { npm, chromium, "Node 20": node20 },
    fn: () =>
      inFolder((cwd) => testInBrowser(cwd, registry, { node: node20!, chromium: chromium! })),
  });

  await step(t, {
    name: "the packages' own tests pass on Node 20 and 24",
    needs: { npm, "Node 20": node20, "Node 24": node24 },
    fn: () =>
      inFolder(async (cwd) => {
        const suites = await prepareSuites(cwd, registry, node20!);
        // Side by side: much of the time goes by in waiting.
        await Promise.all([node20!, node24!].map((node) => runSuites(cwd, node, suites)));
      }),
  });
});
