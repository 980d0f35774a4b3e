import { assertEquals } from "@std/assert";
import { linesOf, loaderOf } from "./_testing.ts";
import {
  integerSchema,
  listSchema,
  mapSchema,
  objectSchema,
  type StandardSchemaV1,
  stringSchema,
} from "./mod.ts";

const schema = objectSchema({
  items: listSchema(integerSchema({ min: 0 }), { default: [0] }),
  words: listSchema(stringSchema(), { default: [] }),
  lists: mapSchema(listSchema(integerSchema()), { default: {} }),
  nested: listSchema(listSchema(stringSchema()), { default: [] }),
});

const joins: [upper: string, items: number[]][] = [
  ["[..., 3]", [1, 2, 3]],
  ["[3, ...]", [3, 1, 2]],
  ["[3, ..., 4]", [3, 1, 2, 4]],
  ["[...]", [1, 2]],
  ['\n  - "..."\n  - 3', [1, 2, 3]],
  ["\n- ...\n- 3", [1, 2, 3]],
  ["[3]", [3]],
];

for (const [upper, items] of joins) {
  Deno.test(`load() joins lists of two layers: ${JSON.stringify(upper)}`, async () => {
    const loader = loaderOf({
      "config/default.yaml": "items: [1, 2]",
      "config/development.yaml": `items: ${upper}`,
    });
    assertEquals((await loader.load(schema)).items, items);
  });
}

Deno.test("load() joins lists across every layer, down to the default", async () => {
  const loader = loaderOf(
    {
      "config/default.yaml": "items: [..., 1]",
      "config/development.yaml": "items: [2, ...]",
      ".env": "OAAS_ITEMS=...,3",
    },
    { OAAS_ITEMS: '[4, "..."]' },
    { overrides: { items: ["...", 5] } },
  );
  const config = await loader.load(schema, { args: ["--set", "items=...,6"] });
  assertEquals(config.items, [4, 2, 0, 1, 3, 5, 6]);
});

Deno.test("load() lets a list without ... end what lies below", async () => {
  const loader = loaderOf({ "config/default.yaml": "items: [1]" }, { OAAS_ITEMS: "2" }, {
    overrides: { items: ["...", 3] },
  });
  assertEquals((await loader.load(schema)).items, [2, 3]);
});

Deno.test("load() joins lists in maps, and takes ... with nothing below as nothing", async () => {
  const loader = loaderOf({
    "config/default.yaml": "lists: {a: [1]}",
    "config/development.yaml": "lists: {a: [..., 2], b: [..., 3]}",
  });
  assertEquals((await loader.load(schema)).lists, { a: [1, 2], b: [3] });
});

Deno.test("load() takes ... as plain text where no layer lies below, or behind a backslash", async () => {
  const loader = loaderOf({
    "config/default.yaml": 'words: [\\..., a]\nnested: [["...", a]]',
  });
  const config = await loader.load(schema);
  assertEquals(config.words, ["...", "a"]);
  assertEquals(config.nested, [["...", "a"]]);
  assertEquals(schema["~standard"].validate({ words: ["..."], items: [] }), {
    value: { words: ["..."], items: [], lists: {}, nested: [] },
  });
});

Deno.test("load() places what is wrong in a joined list where it stands", async () => {
  const loader = loaderOf({
    "config/default.yaml": "items: [1, -2]",
    "config/development.yaml": "items:\n  - -3\n  - ...",
  });
  assertEquals(await linesOf(loader.load(schema)), [
    "config/default.yaml:1:12: items[2]: must be an integer of at least 0, found -2",
    "config/development.yaml:2:5: items[0]: must be an integer of at least 0, found -3",
  ]);
});

Deno.test("load() refuses ... twice in a list, and over what is no list", async () => {
  const loader = loaderOf({
    "config/default.yaml": "items: 1\nwords: [...]",
    "config/development.yaml": "items: [..., 2]\nwords: [..., a, ...]",
  });
  assertEquals(await linesOf(loader.load(schema)), [
    "config/default.yaml:1:8: items: must be a list, found 1",
    'config/development.yaml:2:8: words: has "..." twice, which stands for the values of the layers below',
  ]);
});

Deno.test("load() joins lists for the schema of another library", async () => {
  const spy: StandardSchemaV1<unknown, unknown> = {
    "~standard": { version: 1, vendor: "another", validate: (value) => ({ value }) },
  };
  const loader = loaderOf({
    "config/default.yaml": "items: [1]\nmore: [..., 1]",
    "config/development.yaml": "items: [..., 2]",
  });
  assertEquals(await loader.load(spy), { items: [1, 2], more: [1] });
});

Deno.test("explain() shows a joined list with what it joined", async () => {
  const loader = loaderOf({
    "config/default.yaml": "items: [..., 1]",
    "config/development.yaml": "items: [..., 2]",
  });
  await loader.load(schema);
  const { value, where, shadowed } = (await loader.explain()).values[0]!;
  assertEquals([value, where], [[0, 1, 2], "config/development.yaml:1:8"]);
  assertEquals(shadowed.map((each) => [each.value, each.where]), [
    [["...", 1], "config/default.yaml:1:8"],
    [[0], "schema"],
  ]);
});
