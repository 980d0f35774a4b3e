import { assertEquals } from "@std/assert";
import { type } from "arktype";
import * as v from "valibot";
import { z } from "zod";
import { linesOf, loaderOf } from "./_testing.ts";
import type { Infer, StandardSchemaV1 } from "./mod.ts";

/** What each library's schema must give back, also as its type. */
interface Settings {
  readonly name: string;
  readonly port: number;
  readonly log: { readonly level: "debug" | "info"; readonly tags: readonly string[] };
}

const inZod = z.object({
  name: z.string().min(1),
  port: z.coerce.number().int().min(1).max(65535),
  log: z.object({
    level: z.enum(["debug", "info"]).default("info"),
    tags: z.array(z.string()).default([]),
  }).prefault({}),
});

const inValibot = v.object({
  name: v.pipe(v.string(), v.minLength(1)),
  port: v.pipe(
    v.union([v.number(), v.pipe(v.string(), v.transform(Number))]),
    v.integer(),
    v.minValue(1),
    v.maxValue(65535),
  ),
  log: v.optional(
    v.object({
      level: v.optional(v.picklist(["debug", "info"]), "info"),
      tags: v.optional(v.array(v.string()), []),
    }),
    {},
  ),
});

const inArktype = type({
  name: "string > 0",
  port: type("string.integer.parse | number.integer").to("1 <= number.integer <= 65535"),
  log: type({
    level: type("'debug' | 'info'").default("info"),
    tags: type("string[]").default(() => []),
  }).default(() => ({})),
});

// Each library's types must be inferred, and be those of the settings.
const schemas: Record<string, StandardSchemaV1<unknown, Settings>> = {
  zod: inZod,
  valibot: inValibot,
  arktype: inArktype,
};
const fromZod: Settings = {} as Infer<typeof inZod>;
const fromValibot: Settings = {} as Infer<typeof inValibot>;
const fromArktype: Settings = {} as Infer<typeof inArktype>;
void [fromZod, fromValibot, fromArktype];
// @ts-expect-error the port is a number
const wrong: { port: string } = {} as Infer<typeof inZod>;
void wrong;

const files = {
  "config/default.yaml": "name: pm\nport: 80\nlog:\n  level: info\n",
  "config/development.yaml": "log:\n  tags: [a]\n",
};

for (const [library, schema] of Object.entries(schemas)) {
  Deno.test(`load() takes a schema of ${library}, merged from files, variables and arguments`, async () => {
    const loader = loaderOf(files, { OAAS_PORT: "8080" });
    const config: Settings = await loader.load(schema, { args: ["--set", "log.level=debug"] });
    assertEquals(config, { name: "pm", port: 8080, log: { level: "debug", tags: ["a"] } });
    const { values } = await loader.explain();
    assertEquals(values.find(({ path }) => path === "port"), {
      path: "port",
      value: "8080",
      layer: "variables",
      where: "OAAS_PORT",
      secret: false,
      variable: "OAAS_PORT",
      shadowed: [{ value: 80, layer: "base", where: "config/default.yaml:2:7" }],
    });
  });

  Deno.test(`load() takes the defaults of a schema of ${library}`, async () => {
    const config = await loaderOf({ "config/default.yaml": "name: a\nport: 1" }).load(schema);
    assertEquals(config, { name: "a", port: 1, log: { level: "info", tags: [] } });
  });

  Deno.test(`load() places every issue of a schema of ${library}`, async () => {
    const loader = loaderOf({
      "config/default.yaml": "name: ''\nlog:\n  level: loud\n",
      "config/development.yaml": "log:\n  tags:\n    - a\n    - 1\n",
    }, { OAAS_PORT: "70000" });
    const lines = await linesOf(loader.load(schema));
    assertEquals(lines.map((line) => line.split(": ").slice(0, 2)), [
      ["config/default.yaml:1:7", "name"],
      ["config/default.yaml:3:10", "log.level"],
      ["config/development.yaml:4:7", "log.tags[1]"],
      ["OAAS_PORT", "port"],
    ]);
  });

  Deno.test(`load() says no secret that a schema of ${library} may quote`, async () => {
    const loader = loaderOf({ "config/default.yaml": "name: ${A_SECRET}\nport: ${A_SECRET}" }, {
      A_SECRET: "c4n4ry-Zq9",
    });
    const lines = await linesOf(loader.load(schema));
    assertEquals([lines.length > 0, lines.join().includes("c4n4ry")], [true, false]);
  });
}

Deno.test("load() infers the type of each library's schema", async () => {
  const loader = loaderOf(files);
  const ports: number[] = [
    (await loader.load(inZod)).port,
    (await loader.load(inValibot)).port,
    (await loader.load(inArktype)).port,
  ];
  assertEquals(ports, [80, 80, 80]);
});
