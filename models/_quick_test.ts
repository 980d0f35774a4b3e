import {
  create,
  type DescMessage,
  equals,
  fromJson,
  toJson as toProtoJson,
} from "@bufbuild/protobuf";
import { assert, assertEquals } from "@std/assert";
import {
  allMessages,
  goodDeployment,
  goodPackage,
  goodState,
  goodUnit,
  random,
  randomMessage,
} from "./_fixtures.ts";
import { countKeys } from "./_json_text.ts";
import { isSurelyRight, readQuickly } from "./_quick.ts";
import { readerOf } from "./_decode.ts";
import { Decoding } from "./_decoding.ts";
import { walk } from "./_walk.ts";
import { ofSchema } from "./_own_schema.ts";
import { checks } from "./gen/check.ts";
import { quickReaders } from "./gen/read.ts";
import { ResourceRequirementsSchema } from "@oprc/proto/common";
import { OPackageSchema } from "@oprc/proto/package";
import { DeploymentUnitSchema, OClassDeploymentSchema } from "@oprc/proto/deployment";
import { RuntimeStateSchema } from "@oprc/proto/runtime";

// deno-lint-ignore no-explicit-any
type Loose = any;

/** Values of which some are right in some places and none in all. */
const EDGES: readonly unknown[] = [
  undefined,
  null,
  "",
  " ",
  "\u3000",
  "a",
  "A",
  "images",
  "resize",
  "storage/put",
  "storage/",
  "/put",
  "other/put",
  "a-",
  "-a",
  "a.b",
  "a..b",
  "a".repeat(63),
  "a".repeat(64),
  "a".repeat(253),
  "a".repeat(254),
  "\ud800",
  "\udc00a",
  "é",
  "1.0",
  "1.0.0-rc.1+5",
  "1",
  "0.5",
  "100m",
  "-1",
  "1e3",
  "9007199254740993k",
  "99999999999999Gi",
  "public",
  "deployed",
  "running",
  "2026-01-31T12:00:00Z",
  0,
  -0,
  1,
  -1,
  0.5,
  1.5,
  2 ** 32,
  2 ** 53,
  NaN,
  Infinity,
  0n,
  1n,
  2n ** 63n,
  true,
  false,
  [],
  ["a"],
  [1],
  [null],
  {},
  { a: "b" },
  { a: 1 },
  { $typeName: "oaas.package.OClass" },
  () => {},
];

/** Every way to reach a place in a value: a holder and a key of it. */
function placesOf(value: Loose, found: [Loose, string][] = []): [Loose, string][] {
  for (const key of Object.keys(value)) {
    found.push([value, key]);
    if (typeof value[key] === "object" && value[key] !== null) placesOf(value[key], found);
  }
  return found;
}

const goods: readonly [DescMessage, () => unknown][] = [
  [OPackageSchema, goodPackage],
  [OClassDeploymentSchema, goodDeployment],
  [DeploymentUnitSchema, goodUnit],
  [RuntimeStateSchema, goodState],
];

function agree(schema: DescMessage, message: unknown): void {
  const quick = isSurelyRight(schema, message);
  const { findings } = walk(schema, message);
  if (quick) assertEquals(findings, []);
  // The type name is optional to the walk, and an array may have taken its place.
  else if (findings.length === 0) assert(hasNoTypeName(message), "the quick check knows less");
}

function hasNoTypeName(value: Loose): boolean {
  if (typeof value !== "object" || value === null) return false;
  return (!Array.isArray(value) && value.$typeName === undefined) ||
    Object.values(value).some(hasNoTypeName);
}

for (const schema of allMessages) {
  Deno.test(`isSurelyRight() knows ${schema.name} and agrees with the walk`, () => {
    assert(ofSchema(checks, schema) && ofSchema(quickReaders, schema));
    const next = random(7);
    for (let i = 0; i < 100; i++) agree(schema, randomMessage(schema, next));
    for (const value of EDGES) agree(schema, value);
  });
}

for (const [schema, good] of goods) {
  Deno.test(`isSurelyRight() agrees with the walk wherever a ${schema.name} is changed`, () => {
    assert(isSurelyRight(schema, good()));
    const count = placesOf(good()).length;
    for (let i = 0; i < count; i++) {
      for (const value of EDGES) {
        const message = good();
        const [holder, key] = placesOf(message)[i]!;
        holder[key] = value;
        agree(schema, message);
      }
    }
  });

  Deno.test(`isSurelyRight() finds a ${schema.name} right when anything optional is left out`, () => {
    let right = 0;
    const count = placesOf(good()).length;
    for (let i = 0; i < count; i++) {
      const message = good();
      const [holder, key] = placesOf(message)[i]!;
      if (Array.isArray(holder)) holder.splice(Number(key), 1);
      else delete holder[key];
      agree(schema, message);
      if (isSurelyRight(schema, message)) right++;
    }
    assert(right > 0);
  });
}

Deno.test("isSurelyRight() agrees with the walk on every mix of requests and limits", () => {
  const amounts = ["", "0", "1", "2", "500m", "1e3", "x"];
  for (const cpuRequest of amounts) {
    for (const memoryRequest of amounts) {
      for (const cpuLimit of [undefined, ...amounts]) {
        for (const memoryLimit of [undefined, ...amounts]) {
          agree(
            ResourceRequirementsSchema,
            create(ResourceRequirementsSchema, {
              cpuRequest,
              memoryRequest,
              cpuLimit,
              memoryLimit,
            }),
          );
        }
      }
    }
  }
});

Deno.test("isSurelyRight() sees two of one key in lists of any length, wherever they are", () => {
  const listsOf = (pkg: Loose) => [pkg.classes, pkg.functions, pkg.classes[0].functions];
  for (const length of [2, 7, 8, 9, 20]) {
    const make = (): Loose =>
      create(OPackageSchema, {
        name: "images",
        classes: Array.from({ length }, (_, c) => ({
          key: `c${c}`,
          name: "C",
          package: "images",
          functions: Array.from({ length }, (_, f) => ({ functionKey: `f${f}` })),
        })),
        functions: Array.from({ length }, (_, f) => ({
          key: `f${f}`,
          name: "F",
          package: "images",
          runtime: "deno",
          handler: "f",
        })),
      });
    assert(isSurelyRight(OPackageSchema, make()));
    for (const list of [0, 1, 2]) {
      for (const [one, other] of [[0, 1], [0, length - 1], [length - 2, length - 1]]) {
        const pkg = make();
        // A function of its own stays, so that no binding is of one that isn't there.
        pkg.functions.push({ ...pkg.functions[0], key: "other" });
        const elements = listsOf(pkg)[list];
        const field = list === 2 ? "functionKey" : "key";
        elements[other!][field] = elements[one!][field];
        if (list === 1) { for (const cls of pkg.classes) cls.functions.length = 1; }
        if (list === 1) pkg.classes.forEach((cls: Loose) => cls.functions[0].functionKey = "other");
        agree(OPackageSchema, pkg);
        assert(!isSurelyRight(OPackageSchema, pkg), `${length} ${list} ${one} ${other}`);
      }
    }
  }
});

function readFully(schema: DescMessage, value: unknown): [unknown, number] {
  const decoding = new Decoding({ ignoresUnknown: false, rulesFollow: false });
  const message = readerOf(schema)(value, decoding);
  return [message, decoding.findings.length];
}

for (const useProtoFieldName of [true, false]) {
  const spelling = useProtoFieldName ? "snake_case" : "camelCase";
  Deno.test(`readQuickly() reads every message in ${spelling} as the full reader does`, () => {
    const next = random(8);
    let quick = 0;
    for (const schema of allMessages) {
      for (let i = 0; i < 50; i++) {
        const message = randomMessage(schema, next) as Loose;
        const text = JSON.stringify(toProtoJson(schema, message, { useProtoFieldName }));
        const read = readQuickly(schema, text, JSON.parse(text));
        if (read === undefined) continue;
        quick++;
        assertEquals(read, message);
        assertEquals(read, fromJson(schema, JSON.parse(text)));
      }
    }
    assert(quick > 1000, `${quick} of ${allMessages.length * 50}`);
  });
}

for (const [schema, good] of goods) {
  Deno.test(`readQuickly() agrees with the full reader wherever a ${schema.name} is changed`, () => {
    const json = JSON.stringify(toProtoJson(schema, good() as Loose, { useProtoFieldName: true }));
    const edges = EDGES.filter((it) => typeof it !== "bigint");
    for (let i = 0; i < placesOf(JSON.parse(json)).length; i++) {
      for (const value of edges) {
        const document = JSON.parse(json);
        const [holder, key] = placesOf(document)[i]!;
        holder[key] = value;
        const text = JSON.stringify(document);
        const quick = readQuickly(schema, text, JSON.parse(text));
        if (quick === undefined) continue;
        const [full, faults] = readFully(schema, JSON.parse(text));
        assertEquals(faults, 0, text);
        assert(equals(schema, quick as Loose, full as Loose), text);
        assertEquals(quick, full);
      }
    }
  });
}

const unusual = [
  `{"name":"a","name":"b"}`,
  `{"na\\u006de":"a","name":"b"}`,
  `{"name":"a","metadata":{"tags":["a"],"tags":[]}}`,
  `{"classes":[{"state_spec":{},"stateSpec":{}}]}`,
  `{"classes":[{"state_spec":null,"stateSpec":null}]}`,
  `{"name":"\\ud800"}`,
  `{"name":"\\uDFFF"}`,
  `{"name":"\ud800"}`,
  `{"__proto__":{}}`,
  `{"nmae":"a"}`,
  `[]`,
  `{"classes":{}}`,
  `{"classes":[[]]}`,
  `{"classes":[null]}`,
  `{"metadata":[]}`,
  `null`,
];
for (const text of unusual) {
  Deno.test(`readQuickly() leaves ${JSON.stringify(text)} to the full reader`, () => {
    assertEquals(readQuickly(OPackageSchema, text, JSON.parse(text)), undefined);
  });
}

Deno.test("readQuickly() leaves a field in both spellings to the full reader, in every message", () => {
  let fields = 0;
  for (const schema of allMessages) {
    for (const { name, jsonName } of schema.fields) {
      const text = `{"${name}":null,"${jsonName}":null}`;
      if (name === jsonName) continue;
      fields++;
      assertEquals(readQuickly(schema, text, JSON.parse(text)), undefined, text);
    }
  }
  assert(fields > 30);
});

Deno.test("readQuickly() leaves keys of maps that stand twice, or can't stand, to the full reader", () => {
  for (const text of [`{"metadata":{"a":"1","a":"2"}}`, `{"metadata":{"__proto__":"a"}}`]) {
    assertEquals(readQuickly(RuntimeStateSchema, text, JSON.parse(text)), undefined);
  }
});

Deno.test("readQuickly() makes messages of its own", () => {
  const text = "{}";
  const message = readQuickly(OPackageSchema, text, JSON.parse(text)) as Loose;
  message.classes.push(1);
  assertEquals(readQuickly(OPackageSchema, text, JSON.parse(text)), create(OPackageSchema));
});

const texts: readonly [text: string, keys: number][] = [
  [`{}`, 0],
  [`"a:b"`, 0],
  [`{"a":1}`, 1],
  [`{ "a" \n\t:1, "b":"c" }`, 2],
  [`{"a":":"}`, 1],
  [`{"a\\"":"\\\\"}`, 1],
  [`{"\\":\\"":"\\":"}`, 1],
  [`{"a":1,"a":2}`, 2],
  [`["a","b"]`, 0],
  [`{"a":[{"b":{"c":"d"}}]}`, 3],
  [`{"a":"\\u0041\\ue000\\ud7ff"}`, 1],
  [`{"a":"\\ud83d\\ude00"}`, -1],
  [`"\\uDC00"`, -1],
  [`"a😀"`, 0],
];
for (const [text, keys] of texts) {
  Deno.test(`countKeys() of ${text} is ${keys}`, () => assertEquals(countKeys(text), keys));
}
