import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { errorOf, linesOf, loaderOf } from "./_testing.ts";
import { isSecretName } from "./values.ts";
import {
  type ConfigLoader,
  enumSchema,
  integerSchema,
  jsonSchema,
  listSchema,
  type LoadOptions,
  mapSchema,
  objectSchema,
  type StandardSchemaV1,
  stringSchema,
  toEnvExample,
  urlSchema,
} from "./mod.ts";

const CANARY = "c4n4ry-Zq9";

const schema = objectSchema({
  plain: stringSchema({ optional: true }),
  word: enumSchema(["one"], { optional: true }),
  marked: stringSchema({ optional: true, secret: true, max: 3 }),
  markedNumber: integerSchema({ optional: true, secret: true }),
  markedUrl: urlSchema({ optional: true, secret: true }),
  markedList: listSchema(stringSchema({ max: 3 }), { optional: true, secret: true }),
  markedMap: mapSchema(integerSchema(), { optional: true, secret: true }),
  markedSection: objectSchema({ inner: integerSchema({ optional: true }) }, {
    optional: true,
    secret: true,
  }),
  apiKey: integerSchema({ optional: true }),
  links: listSchema(urlSchema({ protocols: ["https"] }), { optional: true }),
  etcd: objectSchema({
    password: stringSchema({ optional: true, max: 3 }),
    authToken: enumSchema(["one"], { optional: true }),
  }),
  accounts: mapSchema(objectSchema({ secretKey: integerSchema() }), { optional: true }),
});

interface Plant {
  readonly files?: Record<string, string>;
  readonly env?: Record<string, string>;
  readonly load?: LoadOptions;
}

const yaml = (text: string): Plant => ({ files: { "config/default.yaml": text } });

/** Every place where a secret may stand, most of them with something wrong about it. */
const plants: Record<string, Plant> = {
  "a marked string": yaml(`marked: ${CANARY}`),
  "a marked string that a higher layer shadows": {
    files: { "config/default.yaml": `marked: ${CANARY}`, "config/development.yaml": "marked: x" },
  },
  "a marked number": yaml(`marked_number: ${CANARY}`),
  "a marked URL": yaml(`marked_url: ${CANARY}`),
  "a marked list": yaml(`marked_list: [${CANARY}]`),
  "the place of a marked list": yaml(`marked_list: ${CANARY}`),
  "a marked map": yaml(`marked_map: {a: ${CANARY}}`),
  "a marked section": yaml(`marked_section: {inner: ${CANARY}}`),
  "a name like a secret": yaml(`api_key: ${CANARY}`),
  "a nested name like a secret": yaml(`etcd: {password: ${CANARY}, auth_token: ${CANARY}}`),
  "the place of a section": yaml(`etcd: ${CANARY}`),
  "the place of a section, in a list": yaml(`etcd: [${CANARY}]`),
  "a map of sections": yaml(`accounts: {eu: {secret_key: ${CANARY}}}`),
  "a URL's password": yaml(`links: ["http://user:${CANARY}@host", "http://${CANARY}@host/x"]`),
  "a URL's password with an @": yaml(`links: ["http://user:a@${CANARY}@host"]`),
  "the value of an unknown key": yaml(`pasword: ${CANARY}\nunknown: {deep: ${CANARY}}`),
  "an unknown alias": yaml(`plain: *${CANARY}`),
  "an unknown tag": yaml(`plain: !${CANARY} x`),
  "a line without a colon": yaml(`password ${CANARY}\nplain: x`),
  "an open quote": yaml(`plain: "${CANARY}`),
  "a second colon": yaml(`marked: x: ${CANARY}`),
  "a control character": yaml(`marked: ${CANARY}\u0007`),
  "the root": yaml(CANARY),
  "another key's text": yaml(`marked: ${CANARY}\nplain: the secret is ${CANARY}`),
  "another key's wrong value": yaml(`marked: ${CANARY}\nword: ${CANARY}`),
  "a variable": { env: { OAAS_MARKED: CANARY, OAAS_ETCD__PASSWORD: CANARY } },
  "a wrong variable": { env: { OAAS_API_KEY: CANARY, OAAS_ACCOUNTS: `{"a":"${CANARY}"` } },
  "an unknown variable": { env: { OAAS_PASWORD: CANARY } },
  "a .env": { files: { ".env": `OAAS_MARKED=${CANARY}\nOAAS_API_KEY='${CANARY}'` } },
  "a .env without a key": { files: { ".env": `${CANARY}\nOAAS_API_KEY=1` } },
  "an expanded variable in a plain key": {
    ...yaml("plain: ${DB_PASSWORD}\nword: x${DB_PASSWORD}"),
    env: { DB_PASSWORD: CANARY },
  },
  "a default of an expansion": yaml(`marked: \${NO_SUCH:-${CANARY}}`),
  "a broken expansion": yaml(`marked: \${${CANARY}`),
  "a file that a variable names": {
    files: { "/run/s": CANARY, "/run/k": `${CANARY}\n` },
    env: { OAAS_PLAIN_FILE: "/run/s", OAAS_API_KEY_FILE: "/run/k", OAAS_WORD: CANARY },
  },
  "a variable that should name a file": { env: { OAAS_MARKED_FILE: CANARY } },
  "a secrets directory": {
    files: {
      "/run/secrets/plain": CANARY,
      "/run/secrets/etcd.password": CANARY,
      "/run/secrets/OAAS_API_KEY": CANARY,
      "/run/secrets/unknown": CANARY,
    },
    env: { OAAS_SECRETS_DIR: "/run/secrets" },
  },
  "a list that is joined": {
    files: {
      "config/default.yaml": `marked_list: [${CANARY}]`,
      "config/development.yaml": `marked_list: [..., ${CANARY}x]`,
    },
  },
  "overrides": { load: { overrides: { marked: CANARY, etcd: { password: CANARY } } } },
  "arguments": { load: { args: ["--set", `marked=${CANARY}`, "--set", `api_key=${CANARY}`] } },
  "an argument without =": { load: { args: ["--set", CANARY] } },
};

async function said(loader: ConfigLoader, run: () => Promise<unknown>): Promise<string> {
  let text = "";
  try {
    await run();
  } catch (error) {
    assert(error instanceof Error);
    text += `${error}\n${error.stack}\n${Deno.inspect(error, { depth: 20 })}\n${
      JSON.stringify(error)
    }`;
  }
  const explanation = await loader.explain();
  return `${text}\n${explanation}\n${JSON.stringify(explanation)}\n${
    Deno.inspect([loader, explanation], { depth: 20 })
  }`;
}

for (const [place, { files = {}, env = {}, load }] of Object.entries(plants)) {
  Deno.test(`load() and explain() say no secret that stands in ${place}`, async () => {
    const loader = loaderOf(files, env);
    const text = await said(loader, () => loader.load(schema, load));
    assert(!text.includes(CANARY), text);
  });
}

const foreign: StandardSchemaV1<unknown, unknown> = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: (value) => ({ issues: [{ message: `got ${JSON.stringify(value)}`, path: ["db"] }] }),
  },
};

Deno.test("load() and explain() say no secret that another library's schema quotes", async () => {
  const loader = loaderOf({ "config/default.yaml": `db: {password: ${CANARY}, port: 1}` });
  const text = await said(loader, () => loader.load(foreign));
  assert(text.includes('got {"db":{"password":"[secret]","port":1}}'), text);
  assert(!text.includes(CANARY), text);
});

Deno.test("load() gives the program the secret itself", async () => {
  const loader = loaderOf({}, { OAAS_ETCD__PASSWORD: "abc" });
  assertEquals((await loader.load(schema)).etcd.password, "abc");
});

Deno.test("load() says the type of a wrong secret", async () => {
  const loader = loaderOf({ "config/default.yaml": "marked: 12345" });
  assertEquals(await linesOf(loader.load(schema)), [
    "config/default.yaml:1:9: marked: must be a string of at most 3 characters, found [secret] (a number); quote it to make it a string",
  ]);
});

Deno.test("explain() shows what only looks like a secret when the schema says so", async () => {
  const shown = objectSchema({ tokenCount: integerSchema({ default: 5, secret: false }) });
  const loader = loaderOf({});
  await loader.load(shown);
  const { values } = await loader.explain();
  assertEquals(values.map(({ value, secret }) => [value, secret]), [[5, false]]);
});

Deno.test("explain() hides the default of a secret", async () => {
  const hidden = objectSchema({ password: stringSchema({ default: CANARY }) });
  const loader = loaderOf({}, { OAAS_PASSWORD: "x" });
  await loader.load(hidden);
  assert(!JSON.stringify(await loader.explain()).includes(CANARY));
});

Deno.test("explain(), jsonSchema() and toEnvExample() say no secret of a default", async () => {
  const account = objectSchema({ pin: stringSchema({ secret: true }), api_key: stringSchema() });
  const hidden = objectSchema({
    marked: stringSchema({ secret: true, default: CANARY }),
    password: stringSchema({ default: CANARY }),
    list: listSchema(stringSchema({ secret: true }), { default: [CANARY] }),
    tokens: listSchema(stringSchema(), { default: [CANARY] }),
    map: mapSchema(account, { default: { a: { pin: CANARY, api_key: CANARY } } }),
    rows: listSchema(account, { default: [{ pin: CANARY, api_key: CANARY }] }),
  });
  const files = { "config/default.yaml": "list: [..., x]\nmap: {b: {pin: x, api_key: y}}" };
  for (const loader of [loaderOf({}), loaderOf(files, {}, { overrides: { rows: ["..."] } })]) {
    const text = await said(loader, () => loader.load(hidden));
    assert(!text.includes(CANARY), text);
  }
  const written = JSON.stringify([jsonSchema(hidden), jsonSchema(hidden, { complete: true })]);
  assert(!written.includes(CANARY), written);
  assert(!toEnvExample(hidden).includes(CANARY));
});

Deno.test("explain() hides secrets too short to be known again elsewhere, and numbers", async () => {
  const loader = loaderOf({
    "config/default.yaml": "marked: abc\nmarked_number: 47\nplain: ${A_TOKEN}",
  }, { A_TOKEN: "xyz" });
  await loader.load(schema);
  const { values } = await loader.explain();
  assertEquals(values.map(({ path, value, secret }) => [path, value, secret]), [
    ["plain", "[secret]", true],
    ["marked", "[secret]", true],
    ["marked_number", "[secret]", true],
  ]);
});

Deno.test("ConfigError keeps no cause that quotes a file", async () => {
  const error = await errorOf(
    loaderOf({ "config/default.yaml": `plain: "${CANARY}` }).load(schema),
  );
  assertEquals(error.cause, undefined);
  assertNotEquals(error.issues.length, 0);
});

Deno.test("isSecretName() tells secrets from settings that are about them", () => {
  for (
    const name of ["password", "dbPassword", "passphrase", "API_KEY", "apiKey", "authToken"].concat(
      ["client-secret", "credentials", "private_key", "pwd", "sessionCookie"],
    )
  ) assert(isSecretName(name), name);
  for (const name of ["key_prefix", "key_file", "path", "passive", "compass", "keys", "bypass"]) {
    assert(!isSecretName(name), name);
  }
});
