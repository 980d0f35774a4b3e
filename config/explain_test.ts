import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { explainProgram } from "./explain.ts";
import { listerOf, readerOf, type Texts } from "./_testing.ts";

const service = new URL("./testdata/service/", import.meta.url);
const schema = new URL("config.ts", service).href;

async function explain(args: string[], files: Texts = {}, env: Texts = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await explainProgram({
    args,
    write: (text) => out.push(text),
    warn: (text) => err.push(text),
    loader: { env, readFile: readerOf(files), listFiles: listerOf(files) },
  });
  return { code, out: out.join("\n"), err: err.join("\n") };
}

const files: Texts = {
  "etc/default.yaml": "service_name: worker\nretry_ms: 1s\napi_token: c4n4ry",
  "etc/production.yaml": "server:\n  port: 9000",
};

Deno.test("explainProgram() prints a table, and what was looked at", async () => {
  const args = ["--dir", "etc", "--env", "production", "--schema", schema, "--set=retry_ms=2s"];
  const { code, out, err } = await explain(args, files, { OAAS_SERVER__HOST: "::1" });
  assertEquals([code, err], [0, ""]);
  const lines = out.split("\n").map((line) => line.replace(/ {2,}/g, " | "));
  assertEquals(lines.slice(0, 4), [
    "SETTING | VALUE | FROM | INSTEAD OF",
    "service_name | worker | etc/default.yaml:1:15",
    "server.host | ::1 | OAAS_SERVER__HOST | 127.0.0.1 (schema)",
    "server.port | 9000 | etc/production.yaml:2:9 | 8080 (schema)",
  ]);
  assertEquals(lines.slice(-5), [
    "retry_ms | 2000 | --set retry_ms | 1000 (etc/default.yaml:2:11), 500 (schema)",
    "api_token | [secret] | etc/default.yaml:3:12",
    "",
    "read: etc/default.yaml, etc/production.yaml, OAAS_*, --set",
    "absent: .env",
  ]);
});

Deno.test("explainProgram() prints JSON", async () => {
  const args = ["--dir=etc", "--json", "--schema", `${schema}#workerConfigSchema`];
  const { code, out } = await explain(args, files);
  const { values, sources } = JSON.parse(out);
  assertEquals(code, 0);
  assertEquals(values[0], {
    path: "service_name",
    value: "worker",
    layer: "base",
    where: "etc/default.yaml:1:15",
    secret: false,
    description: "Name in logs and metrics",
    variable: "OAAS_SERVICE_NAME",
    shadowed: [],
  });
  assertEquals(sources.length, 5);
  assert(!out.includes("c4n4ry"));
});

Deno.test("explainProgram() explains what isn't valid, says why, and ends in 1", async () => {
  const { code, out, err } = await explain(
    ["--dir=etc", "--schema", schema, "--secrets-dir=/s", "--prefix=MY"],
    { ...files, "/s/server.port": "x" },
    { MY_NO_SUCH: "1", OAAS_NO_SUCH: "1" },
  );
  assertEquals(code, 1);
  assertStringIncludes(out, "etc/default.yaml:1:15");
  assertEquals(err.split("\n"), [
    "/s/server.port: server.port: must be an integer from 1 to 65535, found [secret] (a string)",
    "MY_NO_SUCH: names no known setting",
  ]);
});

Deno.test("explainProgram() checks files that settings name, unless told not to", async () => {
  const tls = {
    ...files,
    "etc/default.yaml": "service_name: a\nserver: {tls: {cert_file: c, key_file: k}}",
  };
  const args = ["--dir=etc", "--schema", schema];
  assertEquals((await explain(args, tls)).code, 1);
  assertEquals((await explain([...args, "--skip-files"], tls)).code, 0);
});

Deno.test("explainProgram() prints a JSON Schema, and a .env.example", async () => {
  const layer = await explain(["--json-schema", "--schema", schema]);
  assertEquals(JSON.parse(layer.out).required, undefined);
  const whole = await explain(["--values-schema", "--schema", schema]);
  assertEquals(JSON.parse(whole.out).required, ["service_name"]);
  const example = await explain(["--env-example", "--schema", schema, "--prefix", "MY"]);
  assertStringIncludes(
    example.out,
    "\n# Pause between tries: a duration, such as 30s or 250ms\n# MY_RETRY_MS=500ms",
  );
  assertEquals([layer.code, whole.code, example.code], [0, 0, 0]);
});

Deno.test("explainProgram() takes the schema of another library", async () => {
  const foreign = new URL("foreign.ts", service).href;
  const { code, out } = await explain(
    ["--dir=etc", "--env=development", "--schema", foreign],
    files,
  );
  assertEquals(code, 0);
  assertStringIncludes(out, "api_token     [secret]  etc/default.yaml:3:12");
});

const misuses: [what: string, args: string[], line: string][] = [
  ["an unknown option", ["--dirr", "x"], "Cannot use argument 1"],
  ["a bare word", ["--json", "c4n4ry"], "Cannot use argument 2"],
  ["an option without its value", ["--dir"], "Cannot use --dir without a value"],
  ["an option twice", ["--dir=a", "--dir=b"], "Cannot use --dir twice"],
  ["a value where none goes", ["--json=1"], "Cannot use argument 1"],
  [
    "an environment that is none",
    ["--env", "../x", "--schema", schema],
    'Cannot use "../x" as environment: it must be letters, digits, dots, dashes and underscores, ' +
    "such as production, or several such names with commas between",
  ],
  [
    "an export that is no schema",
    ["--schema", `${schema}#notASchema`],
    `Cannot find the schema notASchema in ${schema}: say --schema ${schema}#retrySchema or ` +
    `--schema ${schema}#workerConfigSchema`,
  ],
  [
    "a module without a schema",
    ["--schema", new URL("./names.ts", import.meta.url).href],
    "Cannot import the schema from",
  ],
  [
    "JSON Schema without a schema of ours",
    ["--json-schema"],
    "Cannot print that for a schema of another library",
  ],
];

for (const [what, args, line] of misuses) {
  Deno.test(`explainProgram() refuses ${what}`, async () => {
    const { code, out, err } = await explain(args);
    assertEquals([code, out], [2, ""]);
    assertStringIncludes(err, line);
    assert(!err.includes("c4n4ry"));
  });
}

Deno.test("explainProgram() explains its options", async () => {
  const { code, out } = await explain(["--help"]);
  assertEquals(code, 0);
  assertStringIncludes(out, "--env <profiles>");
});

const program = new URL("./explain.ts", import.meta.url).pathname;

Deno.test("@oprc/config/explain runs in a service's folder, and finds its schema", async () => {
  const { stdout, stderr, code } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--allow-read", "--allow-env=OAAS_*", program].concat(
      ["--dir", "config", "--env", "production"],
    ),
    cwd: service,
    env: { OAAS_RETRY_MS: "3s" },
  }).output();
  const text = new TextDecoder().decode(stdout);
  assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
  assert(
    /^retry_ms +3000 +OAAS_RETRY_MS +1000 \(config\/default\.yaml:2:11\), 500 \(schema\)$/m.test(
      text,
    ),
  );
  assert(/^server\.port +9000 +config\/production\.yaml:2:9 +8080 \(schema\)$/m.test(text));
  assert(!text.includes("c4n4ry"));
});
