import { assertEquals } from "@std/assert";

const program = new URL("./testdata/load.ts", import.meta.url).pathname;
const workspace = new URL("../deno.json", import.meta.url).pathname;

interface Setup {
  readonly files: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly permissions: readonly string[];
}

/** Runs the program in a folder of its own with exactly these permissions. */
async function run({ files, env, permissions }: Setup): Promise<string> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${folder}/config`);
    for (const [path, text] of Object.entries(files)) {
      await Deno.writeTextFile(`${folder}/${path}`, text);
    }
    const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "--config", workspace, ...permissions, program],
      cwd: folder,
      env,
    }).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
    if (!success) throw new Error(text(stderr));
    return text(stdout);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const narrow = ["--allow-read=config,.env", "--allow-env=OAAS_*"];
const base = { "config/default.yaml": "service_name: pm\n" };

Deno.test("load() reads files and variables with the permissions that the README lists", async () => {
  const { config, sources } = JSON.parse(
    await run({
      files: { ...base, ".env": "OAAS_SERVER__PORT=1" },
      env: { OAAS_OBSERVABILITY__METRICS_PORT: "2" },
      permissions: narrow,
    }),
  );
  assertEquals([config.server.port, config.observability.metricsPort], [1, 2]);
  assertEquals(sources.at(-1), { layer: "variables", where: "OAAS_*", state: "named only" });
});

Deno.test("load() does without .env where it may not read it", async () => {
  const { config, sources } = JSON.parse(
    await run({
      files: { ...base, ".env": "OAAS_SERVER__PORT=1" },
      env: {},
      permissions: ["--allow-read=config", "--allow-env=OAAS_*"],
    }),
  );
  assertEquals(config.server.port, 8080);
  assertEquals(sources[2], { layer: "dotenv", where: ".env", state: "not permitted" });
});

Deno.test("load() finds misspelled variables where it may list them", async () => {
  const output = await run({
    files: base,
    env: { OAAS_SERVER__PROT: "1" },
    permissions: ["--allow-read=config,.env", "--allow-env"],
  });
  assertEquals(
    output,
    "OAAS_SERVER__PROT: names no known setting, did you mean OAAS_SERVER__PORT?",
  );
});

Deno.test("load() says which permission a file needs", async () => {
  const output = await run({ files: base, env: {}, permissions: ["--allow-env=OAAS_*"] });
  assertEquals(
    output.split("\n")[0],
    "config/default.yaml: can't be read without --allow-read=config/default.yaml",
  );
});

Deno.test("load() suggests an environment where it may list the folder, and asks nobody", async () => {
  const setup = {
    files: { ...base, "config/production.yaml": "" },
    env: { OAAS_ENV: "producton" },
    permissions: narrow,
  };
  const message = "config/producton.yaml: doesn't exist, and the environment is producton";
  assertEquals(await run(setup), `${message}, did you mean production?`);
  const files = "--allow-read=config/default.yaml,config/producton.yaml,config/producton.yml,.env";
  assertEquals(await run({ ...setup, permissions: [files, "--allow-env=OAAS_*"] }), message);
});

Deno.test("load() says which permission an expansion needs", async () => {
  const output = await run({
    files: { "config/default.yaml": "service_name: ${PM_NAME}\n" },
    env: { PM_NAME: "pm" },
    permissions: narrow,
  });
  assertEquals(
    output,
    "config/default.yaml:1:15: service_name: needs the variable PM_NAME, which can't be read without --allow-env=PM_NAME",
  );
});

Deno.test("load() reads files that variables name, and a secrets directory, with narrow permissions", async () => {
  const setup = {
    files: { ...base, "config/host": "0.0.0.0\n", "config/storage.type": "memory" },
    env: { OAAS_SERVER__HOST_FILE: "config/host" },
    permissions: ["--allow-read=config", "--allow-env=OAAS_*"],
  };
  const { config } = JSON.parse(await run(setup));
  assertEquals(config.server.host, "0.0.0.0");
  const output = await run({ ...setup, env: { ...setup.env, OAAS_SECRETS_DIR: "secrets" } });
  assertEquals(output, "secrets: can't be read without --allow-read=secrets");
  // What should be a path may be the secret itself.
  const password = await run({
    ...setup,
    env: { OAAS_STORAGE__ETCD__PASSWORD_FILE: "/c4n4ry" },
  });
  assertEquals(
    password.split("\n").at(-1),
    "OAAS_STORAGE__ETCD__PASSWORD_FILE: storage.etcd.password: names a file that can't be read " +
      "without --allow-read=<that file>",
  );
  assertEquals(password.includes("c4n4ry"), false);
});
