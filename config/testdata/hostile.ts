const tooMany = "holds more than 50000 values, aliases counted at each use";
const tooDeep = "is nested deeper than 64 levels";
const overflow = "is not valid YAML: nested too deeply";
const END_EXPECTED =
  "is not valid YAML: end of the stream or a document separator is expected";
const tooWide = "has too many aliases to merge";

/** Texts that cost a careless reader its time or memory, with what a loader says of them. */
export const hostile: readonly [what: string, yaml: string, message: string][] = [
  ["an alias bomb of lists", listBomb(40), tooMany],
  ["an alias bomb of mappings", mapBomb(40), tooMany],
  ["a list that holds itself", "a: &a [*a]", tooDeep],
  ["a mapping that holds itself", "a: &a {a: *a}", tooDeep],
  ["lists in lists without end", `a: ${"[".repeat(50_000)}`, overflow],
  ["lists in lists", `a: ${"[".repeat(500)}${"]".repeat(500)}`, tooDeep],
  ["mappings in mappings", `a: ${"{a: ".repeat(500)}1${"}".repeat(500)}`, tooDeep],
  ["many values", `a: [${"1,".repeat(60_000)}]`, tooMany],
  ["one key for ever", "a: 1\n".repeat(200_000), "is not valid YAML: duplicated key"],
  ["tabs for ever", `a:\n${"\tb: 1\n".repeat(150_000)}`, "is not valid YAML: duplicated key"],
  ["quotes for ever", `a: ${'"'.repeat(1_000_000)}`, "is not valid YAML: missing colon"],
  ["tags for ever", "!a ".repeat(300_000), "is not valid YAML: duplication of a tag property"],
  ["UTF-16 that passes for UTF-8", [..."a: 1"].join("\0"), END_EXPECTED],
  ["a long file", `a: ${"x".repeat(1024 * 1024)}`, "is larger than 1048576 bytes"],
  ["a flood of merges", `a: &a {${keysOf(4_000)}}\nb:\n  <<: [${"*a,".repeat(20_000)}]`, tooWide],
  [
    "a key of many aliases",
    `a: &a "${"x".repeat(50_000)}"\n? [${"*a,".repeat(20_000)}]\n: 1`,
    tooWide,
  ],
];

function listBomb(levels: number): string {
  let text = "a:\n  - &a0 [1, 2]\n";
  for (let level = 1; level < levels; level++) {
    text += `  - &a${level} [*a${level - 1}, *a${level - 1}]\n`;
  }
  return text;
}

function mapBomb(levels: number): string {
  let text = "a:\n  a0: &a0 {x: 1, y: 1}\n";
  for (let level = 1; level < levels; level++) {
    text += `  a${level}: &a${level} {x: *a${level - 1}, y: *a${level - 1}}\n`;
  }
  return text;
}

/** So many keys of a mapping in one line. */
export function keysOf(count: number): string {
  return Array.from({ length: count }, (_, index) => `k${index}: 1`).join(", ");
}

// As a program: loads each of them, for a test that bounds its memory.
if (import.meta.main) {
  const { ConfigLoader, isConfigError, serviceConfigSchema } = await import("../mod.ts");
  for (const [what, yaml] of hostile) {
    const loader = ConfigLoader.fromEnv({
      env: {},
      readFile: (path) => Promise.resolve(path === "config/default.yaml" ? yaml : undefined),
    });
    const took = await loader.load(serviceConfigSchema).then(() => true, (error) => {
      if (!isConfigError(error)) throw error;
      return false;
    });
    console.log(`${took ? "taken" : "refused"}: ${what}`);
  }
}
