import { assertEquals } from "@std/assert";
import { stringify } from "@std/yaml";
import fc from "fast-check";
import { listerOf, readerOf } from "./_testing.ts";
import {
  ConfigLoader,
  integerSchema,
  listSchema,
  mapSchema,
  objectSchema,
  stringSchema,
} from "./mod.ts";

/**
 * Random stacks of layers against a simple oracle: plain objects, merged by a
 * function of a few lines that shares no code with the loader.
 */
const schema = objectSchema({
  host: stringSchema({ default: "default" }),
  maxConns: integerSchema({ default: 1 }),
  items: listSchema(integerSchema(), { default: [0] }),
  section: objectSchema({
    keyPrefix: stringSchema({ default: "/" }),
    inner: objectSchema({ depth: integerSchema({ default: 3 }) }),
    words: listSchema(stringSchema(), { default: [] }),
  }),
  tags: mapSchema(stringSchema(), { default: {} }),
  clusters: mapSchema(
    objectSchema({
      url: stringSchema({ default: "none" }),
      ports: listSchema(integerSchema(), { default: [9] }),
    }),
    { default: {} },
  ),
  lists: mapSchema(listSchema(integerSchema()), { default: {} }),
});

type Plain = { [key: string]: Plain | string | number | (string | number)[] };

/** What the schema says where no layer does. */
const defaults: Plain = {
  host: "default",
  max_conns: 1,
  items: [0],
  section: { key_prefix: "/", inner: { depth: 3 }, words: [] },
  tags: {},
  clusters: {},
  lists: {},
};
const clusterDefaults: Plain = { url: "none", ports: [9] };

const key = fc.constantFrom("eu", "us", "ap");
const word = fc.constantFrom("a", "b b", "", "1", "true", "null", "x: y", "#", "it's", "é", "~");
const count = fc.integer({ min: -5, max: 99999 });
const withRest = <T extends string | number>(item: fc.Arbitrary<T>) =>
  fc.tuple(fc.array(item, { maxLength: 3 }), fc.option(fc.nat({ max: 3 }), { freq: 2 })).map(
    ([items, at]): (string | number)[] => {
      const list: (string | number)[] = [...items];
      if (at !== null) list.splice(Math.min(at, list.length), 0, "...");
      return list;
    },
  );
const some = <T extends object>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record(model, { requiredKeys: [] }) as fc.Arbitrary<Plain>;

/** What one layer says: any part of the whole. */
const layer: fc.Arbitrary<Plain> = some<Plain>({
  host: word,
  max_conns: count,
  items: withRest(count),
  section: some<Plain>({
    key_prefix: word,
    inner: some<Plain>({ depth: count }),
    words: withRest(word),
  }),
  tags: fc.dictionary(key, word, { maxKeys: 2, noNullPrototype: true }),
  clusters: fc.dictionary(
    key,
    some<Plain>({ url: word, ports: withRest(count) }),
    { maxKeys: 2, noNullPrototype: true },
  ),
  lists: fc.dictionary(key, withRest(count), { maxKeys: 2, noNullPrototype: true }),
});

/** The oracle: `upper` over `lower`. */
function merge(lower: Plain, upper: Plain): Plain {
  const merged: Plain = { ...lower };
  for (const [name, value] of Object.entries(upper)) {
    const below = merged[name];
    if (Array.isArray(value)) {
      const rest = Array.isArray(below) ? below : [];
      merged[name] = value.flatMap((item) => item === "..." ? rest : [item]);
    } else if (typeof value === "object") {
      const isMap = typeof below === "object" && !Array.isArray(below);
      merged[name] = merge(isMap ? below : {}, value);
    } else merged[name] = value;
  }
  return merged;
}

/** A cluster that any layer mentions has the defaults of a cluster below. */
function prepared(layers: readonly Plain[]): Plain {
  const names = new Set(layers.flatMap(({ clusters }) => Object.keys(clusters ?? {})));
  return {
    ...defaults,
    clusters: Object.fromEntries([...names].map((name) => [name, clusterDefaults])),
  };
}

function toTypeScript(value: Plain[string]): unknown {
  if (typeof value !== "object" || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name.replace(/_(.)/g, (_, letter) => letter.toUpperCase()),
      toTypeScript(item),
    ]),
  );
}

/** The variables of a layer: one for each value, lists as JSON. */
function toVariables(value: Plain, path: string): [string, string][] {
  return Object.entries(value).flatMap(([name, item]): [string, string][] => {
    const variable = `${path}${name.toUpperCase()}`;
    if (Array.isArray(item)) return [[variable, JSON.stringify(item)]];
    if (typeof item !== "object") return [[variable, String(item)]];
    // A map's key that nothing stands under can only be said as JSON.
    if (
      Object.values(item).some((inner) =>
        typeof inner === "object" && !Array.isArray(inner) && Object.keys(inner).length === 0
      )
    ) {
      return [[variable, JSON.stringify(item)]];
    }
    return Object.keys(item).length === 0 ? [[variable, "{}"]] : toVariables(item, `${variable}__`);
  });
}

const toEnv = (value: Plain) => Object.fromEntries(toVariables(value, "OAAS_"));

const toDotenv = (value: Plain) =>
  Object.entries(toEnv(value)).map(([name, text]) =>
    text.includes("'") ? `${name}="${text.replaceAll('"', "")}"` : `${name}='${text}'`
  ).join("\n");

const stack = fc.record({
  base: layer,
  production: layer,
  eu: layer,
  secrets: layer,
  dotenv: layer,
  env: layer,
  overrides: layer,
  more: layer,
  args: layer,
}, { requiredKeys: [] });

Deno.test("load() agrees with a simple oracle on random stacks of layers", async () => {
  let joined = 0;
  await fc.assert(
    fc.asyncProperty(stack, async (given) => {
      // Double quotes can't hold JSON: such texts are for the other layers.
      fc.pre(!JSON.stringify(given.dotenv ?? {}).includes("'"));
      const { base = {}, production = {}, eu = {}, secrets = {}, dotenv = {}, env = {} } = given;
      const { overrides = {}, more = {}, args = {} } = given;
      const layers = [base, production, eu, secrets, dotenv, env, overrides, more, args];
      const files: Record<string, string> = {
        "c/default.yaml": stringify(base),
        "c/production.yaml": stringify(toTypeScript(production)),
        "c/eu.yaml": JSON.stringify(eu),
        ".env": toDotenv(dotenv),
        "/s/.keep": "",
      };
      for (const [name, text] of Object.entries(toEnv(secrets))) files[`/s/${name}`] = text;
      const loader = new ConfigLoader("c", "production,eu", {
        env: toEnv(env),
        readFile: readerOf(files),
        listFiles: listerOf(files),
        secretsDir: "/s",
        overrides: toTypeScript(overrides) as object,
      });
      const settings = toVariables(args, "OAAS_").map(([name, text]) =>
        `--set=${name.slice("OAAS_".length).toLowerCase().replaceAll("__", ".")}=${text}`
      );
      const config = await loader.load(schema, { overrides: more, args: settings });
      const expected = layers.reduce(merge, prepared(layers));
      assertEquals(config, toTypeScript(expected) as typeof config);
      if (JSON.stringify(layers).includes('"..."')) joined++;

      // What explain() says is what load() gave, and each value's layer said so.
      const { values } = await loader.explain();
      for (const { path, value, where } of values) {
        const [, name] = /^(host|max_conns)$/.exec(path) ?? [];
        if (name === undefined) continue;
        const top = layers.findLastIndex((each) => each[name] !== undefined);
        // What came from a secrets directory isn't shown, nor what repeats it.
        if (given.secrets === undefined) assertEquals(value, expected[name]);
        else if (top === 3) assertEquals([value, where.slice(0, 3)], ["[secret]", "/s/"]);
        assertEquals(top === -1, where === "schema");
      }
    }),
    { numRuns: 1500 },
  );
  // The generator does make what this is about.
  assertEquals(joined > 500, true);
});
