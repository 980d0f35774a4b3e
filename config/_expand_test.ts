import { assertEquals } from "@std/assert";
import { linesOf, loaderOf } from "./_testing.ts";
import { expand } from "./_expand.ts";
import { integerSchema, listSchema, mapSchema, objectSchema, stringSchema } from "./mod.ts";

const variables: Record<string, string> = { A: "1", B: "two", EMPTY: "", D: "$A" };
const lookup = (name: string) => variables[name];

const inYaml: [text: string, result: string | undefined][] = [
  ["plain", undefined],
  ["$A costs $5", undefined],
  ["${A}", "1"],
  ["x${A}-${B}y", "x1-twoy"],
  ["${NO:-default}", "default"],
  ["${NO:-}", ""],
  ["${EMPTY}", ""],
  ["${EMPTY:-default}", "default"],
  ["${NO:-${B}}", "two"],
  ["${NO:-${NO2:-{}}}", "{}"],
  ["${D}", "$A"],
  ["$${A}", "${A}"],
  ["$${A}${A}", "${A}1"],
  ["a$", undefined],
];

for (const [text, result] of inYaml) {
  Deno.test(`expand() in YAML takes ${text}`, () => {
    const expansion = expand(text, lookup, { dotenv: false });
    assertEquals(expansion?.kind === "text" ? expansion.text : expansion, result);
  });
}

const inDotenv: [text: string, result: string | undefined][] = [
  ["$A", "1"],
  ["$A-${B}", "1-two"],
  ["\\$A", undefined],
  ["$5", undefined],
  ["${NO:-$A}", "1"],
];

for (const [text, result] of inDotenv) {
  Deno.test(`expand() in .env takes ${text}`, () => {
    const expansion = expand(text, lookup, { dotenv: true });
    assertEquals(expansion?.kind === "text" ? expansion.text : expansion, result);
  });
}

Deno.test("expand() names the variable that isn't set", () => {
  assertEquals(expand("${A}${NO}", lookup, { dotenv: false }), { kind: "unset", name: "NO" });
  assertEquals(expand("${A:-${NO}}${NO2:-${NO}}", lookup, { dotenv: false }), {
    kind: "unset",
    name: "NO",
  });
});

for (const text of ["${", "${}", "${A", "${A-b}", "${a b}", "${A:-b", "${1}"]) {
  Deno.test(`expand() refuses ${text}`, () => {
    assertEquals(expand(text, lookup, { dotenv: false }), { kind: "malformed" });
  });
}

Deno.test("expand() refuses defaults in defaults without end", () => {
  const text = "${NO:-".repeat(1_000) + "}".repeat(1_000);
  assertEquals(expand(text, lookup, { dotenv: false }), { kind: "malformed" });
});

const schema = objectSchema({
  port: integerSchema({ default: 0 }),
  name: stringSchema({ default: "" }),
  items: listSchema(integerSchema(), { default: [] }),
  map: mapSchema(integerSchema(), { default: {} }),
});

Deno.test("load() reads an expanded text as the schema's type", async () => {
  const loader = loaderOf({
    "config/default.yaml":
      'port: ${PORT}\nname: "${NAME:-none}"\nitems: ${ITEMS}\nmap: {a: "${PORT}"}',
  }, { PORT: "8080", ITEMS: "1,2" });
  assertEquals(await loader.load(schema), {
    port: 8080,
    name: "none",
    items: [1, 2],
    map: { a: 8080 },
  });
});

Deno.test("load() expands with variables of the process before those of .env", async () => {
  const loader = loaderOf({
    "config/default.yaml": "port: ${PORT}\nname: ${NAME}",
    ".env": "PORT=1\nNAME=env-$PORT",
  }, { PORT: "2" });
  const { port, name } = await loader.load(schema);
  assertEquals([port, name], [2, "env-2"]);
});

Deno.test("load() says which variable a value lacks, and where", async () => {
  const loader = loaderOf({
    "config/default.yaml": "name: ${NO_SUCH}\nmap:\n  a: ${BROKEN",
    ".env": "OAAS_PORT=$NO_SUCH",
  });
  assertEquals(await linesOf(loader.load(schema)), [
    "config/default.yaml:1:7: name: needs the variable NO_SUCH, which isn't set",
    "config/default.yaml:3:6: map.a: has a ${ that begins no ${NAME} or ${NAME:-default}; write $${ for a plain ${",
    ".env:1:1: port: needs the variable NO_SUCH, which isn't set",
  ]);
});

Deno.test("load() keeps what an expanded value holds as it is", async () => {
  const loader = loaderOf({ "config/default.yaml": "name: ${NAME}" }, { NAME: "${PORT} # x: y" });
  assertEquals((await loader.load(schema)).name, "${PORT} # x: y");
});

Deno.test("load() leaves a $ in quotes in .env alone", async () => {
  const loader = loaderOf({ ".env": "OAAS_NAME='pa$word'" }, { word: "x" });
  assertEquals((await loader.load(schema)).name, "pa$word");
});

Deno.test("load() refuses a .env variable that needs itself", async () => {
  const loader = loaderOf({ ".env": "A=$B\nB=$A\nOAAS_NAME=$A" });
  assertEquals(await linesOf(loader.load(schema)), [
    ".env:3:1: name: needs the variable A, which isn't set",
  ]);
});

Deno.test("load() refuses a .env that grows without bounds", async () => {
  let text = "V0=xxxxxxxxxx\n";
  for (let index = 1; index < 40; index++) {
    text += `V${index}=$V${index - 1}$V${index - 1}$V${index - 1}\n`;
  }
  const loader = loaderOf({ ".env": `${text}OAAS_NAME=$V39` });
  assertEquals((await linesOf(loader.load(schema))).length, 1);
});
