import { create } from "@bufbuild/protobuf";
import { type OPackage, OPackageSchema } from "@oprc/proto/package";
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { cyclicGroups, shortestCycle } from "./_graph.ts";
import { dependentsOf, type LintOptions, lintPackages } from "./lint.ts";

interface Sketch {
  readonly version?: string;
  readonly needs?: readonly string[];
  readonly functions?: readonly string[];
  /** One class for each list of bindings. */
  readonly binds?: readonly (readonly string[])[];
}

function make(name: string, { version, needs, functions, binds }: Sketch): OPackage {
  return create(OPackageSchema, {
    name,
    version,
    dependencies: [...needs ?? []],
    functions: (functions ?? []).map((key) => ({ key })),
    classes: (binds ?? []).map((keys, i) => ({
      key: `c${i}`,
      functions: keys.map((functionKey) => ({ functionKey })),
    })),
  });
}

function setOf(sketches: Readonly<Record<string, Sketch>>): OPackage[] {
  return Object.entries(sketches).map(([name, sketch]) => make(name, sketch));
}

function codesOf(packages: readonly OPackage[], options?: LintOptions): string[] {
  return lintPackages(packages, options).map((it) => `${it.code} ${it.package} ${it.path}`);
}

const cases: readonly [what: string, Readonly<Record<string, Sketch>>, string[], LintOptions?][] = [
  ["nothing wrong in an empty set", {}, []],
  [
    "nothing wrong in a set that fits together",
    {
      images: { needs: ["records"], functions: ["resize"], binds: [["resize", "records/put"]] },
      records: { functions: ["put"] },
    },
    [],
  ],
  ["unknown dependencies", { images: { needs: ["record", "users"] }, records: {} }, [
    "UnknownDependency images dependencies[0]",
    "UnknownDependency images dependencies[1]",
  ]],
  ["a package that depends on itself", { images: { needs: ["images"] } }, [
    "DependencyCycle images dependencies[0]",
  ]],
  ["a cycle once, at its first package", {
    c: { needs: ["a"] },
    b: { needs: ["c"] },
    a: { needs: ["d", "b"] },
    d: {},
  }, ["DependencyCycle a dependencies[1]"]],
  ["two cycles apart", {
    a: { needs: ["b"] },
    b: { needs: ["a"] },
    y: { needs: ["z"] },
    z: { needs: ["y", "a"] },
  }, ["DependencyCycle a dependencies[0]", "DependencyCycle y dependencies[0]"]],
  ["no cycle where two ways meet", {
    a: { needs: ["b", "c"] },
    b: { needs: ["d"] },
    c: { needs: ["d"] },
    d: {},
  }, []],
  ["functions that nobody binds", { images: { functions: ["a", "b"], binds: [["b"]] } }, [
    "UnboundFunction images functions[0]",
  ]],
  ["functions bound by another package as bound", {
    images: { needs: ["records"], binds: [["records/put"]] },
    records: { functions: ["put", "get"] },
  }, ["UnboundFunction records functions[1]"]],
  ["bindings of undeclared dependencies, in the set or not", {
    images: { binds: [["records/put", "users/get"]] },
    records: { functions: ["put"] },
  }, [
    "UndeclaredDependency images classes[0].functions[0].function_key",
    "UndeclaredDependency images classes[0].functions[1].function_key",
  ]],
  ["bindings of functions that are not there", {
    images: { needs: ["records"], binds: [["crop"], ["records/delete"]] },
    records: {},
  }, [
    "UnknownFunction images classes[0].functions[0].function_key",
    "UnknownFunction images classes[1].functions[0].function_key",
  ]],
  ["a function's own key with a slash as its own", {
    images: { functions: ["a/b"], binds: [["a/b"]] },
  }, []],
  [
    "versions that are not wanted",
    {
      video: { needs: ["images", "records", "users"] },
      images: { version: "1.3.9" },
      records: { version: "2.0" },
      users: {},
    },
    ["VersionMismatch video dependencies[0]", "VersionMismatch video dependencies[2]"],
    {
      ranges: { video: { images: "^1.4.0", records: "^2.0.0", users: "*" } },
    },
  ],
  ["a version wanted of what is no dependency", { video: {}, images: { version: "1.0.0" } }, [
    "UndeclaredDependency video dependencies",
  ], { ranges: { video: { images: "*" } } }],
  [
    "names like members of objects as names",
    {
      constructor: { needs: ["tostring"] },
      tostring: { needs: ["constructor"] },
    },
    ["DependencyCycle constructor dependencies[0]"],
    { ranges: {} },
  ],
];

for (const [what, sketches, expected, options] of cases) {
  Deno.test(`lintPackages() finds ${what}, in any order of packages`, () => {
    const packages = setOf(sketches);
    assertEquals(codesOf(packages, options), expected);
    assertEquals(codesOf(packages.toReversed(), options), expected);
  });
}

Deno.test("lintPackages() orders issues by package, then as in the document", () => {
  const packages = setOf({
    b: { needs: ["none"], functions: ["f"] },
    a: { needs: ["b", "none"], functions: ["f", "g"], binds: [["x"], ["b/x", "g"]] },
  });
  assertEquals(codesOf(packages), [
    "UnknownFunction a classes[0].functions[0].function_key",
    "UnknownFunction a classes[1].functions[0].function_key",
    "UnboundFunction a functions[0]",
    "UnknownDependency a dependencies[1]",
    "UnboundFunction b functions[0]",
    "UnknownDependency b dependencies[0]",
  ]);
});

Deno.test("lintPackages() finds names that stand twice", () => {
  const packages = [make("images", { functions: ["a"], binds: [["a"]] }), make("images", {})];
  assertEquals(codesOf(packages), ["DuplicatePackage images name"]);
});

Deno.test("lintPackages() names the cycle, a shortest one", () => {
  const packages = setOf({
    a: { needs: ["b", "c"] },
    b: { needs: ["c"] },
    c: { needs: ["a"] },
  });
  const [issue, ...others] = lintPackages(packages);
  assertEquals(others, []);
  assertEquals(issue, {
    code: "DependencyCycle",
    severity: "error",
    package: "a",
    path: "dependencies[1]",
    message: "dependencies[1] closes a cycle: a → c → a",
  });
});

Deno.test("lintPackages() suggests a package of a name like it", () => {
  const [issue] = lintPackages(setOf({ images: { needs: ["recrods"] }, records: {} }));
  assertEquals(
    issue?.message,
    `dependencies[0] is "recrods", which is no package of the set: did you mean "records"?`,
  );
});

Deno.test("lintPackages() tells warnings from errors", () => {
  const issues = lintPackages(setOf({ images: { needs: ["none"], functions: ["f"] } }));
  assertEquals(issues.map(({ severity }) => severity), ["warning", "error"]);
});

Deno.test("lintPackages() refuses a range that is none", () => {
  const packages = setOf({ video: { needs: ["images"] }, images: { version: "1.0.0" } });
  assertThrows(
    () => lintPackages(packages, { ranges: { video: { images: "latest" } } }),
    SyntaxError,
    `Cannot lint package "video": "latest"`,
  );
});

Deno.test("lintPackages() bears 10,000 packages in one cycle, and shows a part of it", () => {
  const count = 10_000;
  const packages = Array.from({ length: count }, (_, i) => {
    const next = String((i + 1) % count).padStart(5, "0");
    return make(`p${String(i).padStart(5, "0")}`, { needs: [`p${next}`] });
  });
  const issues = lintPackages(packages);
  assertEquals(issues.length, 1);
  assert(issues[0]!.message.endsWith("→ (9981 more) → p00000"), issues[0]!.message);
});

Deno.test("lintPackages() bears 10,000 packages whose dependencies are all unknown", () => {
  const packages = Array.from(
    { length: 10_000 },
    (_, i) => make(`p${i}`, { needs: [`q${i}`, `r${i}`] }),
  );
  assertEquals(lintPackages(packages).length, 20_000);
});

Deno.test("dependentsOf() names who depends on a package, each once", () => {
  const packages = setOf({
    video: { needs: ["images", "records"] },
    images: { needs: ["records", "records"] },
    records: {},
  });
  assertEquals(dependentsOf(packages, "records"), ["images", "video"]);
  assertEquals(dependentsOf(packages, "video"), []);
});

const graphs = fc.integer({ min: 1, max: 8 }).chain((size) =>
  fc.array(fc.array(fc.nat(size - 1), { maxLength: 4 }), { minLength: size, maxLength: size })
);

Deno.test("cyclicGroups() agrees with who reaches whom, on random graphs", () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      const reach = graph.map((targets) => new Set(targets));
      for (let round = 0; round < graph.length; round++) {
        for (const targets of reach) {
          for (const target of [...targets]) for (const it of reach[target]!) targets.add(it);
        }
      }
      const expected = new Set<string>();
      graph.forEach((_, i) => {
        if (!reach[i]!.has(i)) return;
        const group = [...graph.keys()].filter((j) => reach[i]!.has(j) && reach[j]!.has(i));
        expected.add(group.join());
      });
      const found = cyclicGroups(graph).map((group) => group.sort((a, b) => a - b));
      assertEquals(new Set(found.map((group) => group.join())), expected);
      assertEquals(found.length, expected.size);
      for (const group of found) {
        const cycle = shortestCycle(graph, group[0]!, group);
        assertEquals(cycle[0], group[0]);
        assertEquals(new Set(cycle).size, cycle.length);
        cycle.forEach((node, i) => assert(graph[node]!.includes(cycle[i + 1] ?? cycle[0]!)));
      }
    }),
    { seed: 3, numRuns: 2000 },
  );
});
