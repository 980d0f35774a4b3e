import { assertEquals } from "@std/assert";
import { linesOf, loaderOf, type Texts } from "./_testing.ts";
import { etcdConfigSchema, objectSchema, stringSchema, tlsConfigSchema } from "./mod.ts";

const read = (name: string) =>
  Deno.readTextFileSync(new URL(`./testdata/${name}.pem`, import.meta.url));
const cert = read("cert");
const key = read("key");

const schema = objectSchema({ tls: tlsConfigSchema });

async function linesWith(files: Texts): Promise<string[]> {
  const settings = { cert_file: "c.pem", key_file: "k.pem", ca_file: "ca.pem" };
  const yaml = `tls: ${JSON.stringify(settings)}`;
  const loader = loaderOf({ "config/default.yaml": yaml, ...files });
  return (await linesOf(loader.load(schema))).map((line) =>
    line.replace(/^config\/default\.yaml:1:\d+: /, "")
  );
}

Deno.test("load() takes TLS files that parse and belong together", async () => {
  const files = { "c.pem": `subject=x\n${cert}${cert}`, "k.pem": key, "ca.pem": cert };
  const yaml = "tls: {cert_file: c.pem, key_file: k.pem, ca_file: ca.pem}";
  const config = await loaderOf({ "config/default.yaml": yaml, ...files }).load(schema);
  assertEquals(config.tls.caFile, "ca.pem");
});

const right: Texts = { "c.pem": cert, "k.pem": key, "ca.pem": cert };
const broken = cert.replace(/\n.{10}/, "\nAAAAAAAAAA");

const wrong: [what: string, files: Texts, lines: string[]][] = [
  ["no file at all", {}, [
    "tls.cert_file: names no file that exists",
    "tls.key_file: names no file that exists",
    "tls.ca_file: names no file that exists",
  ]],
  ["files that are something else", { "c.pem": "x", "k.pem": "y", "ca.pem": key }, [
    "tls.cert_file: names a file without a certificate in PEM",
    "tls.key_file: names a file without a private key in PEM",
    "tls.ca_file: names a file without a certificate in PEM",
  ]],
  ["a certificate that is damaged", { ...right, "c.pem": cert + broken }, [
    "tls.cert_file: names a file whose certificate 2 can't be parsed",
  ]],
  ["a key that is damaged", { ...right, "k.pem": key.replace(/\n.{10}/, "\nAAAAAAAAAA") }, [
    "tls.key_file: names a file whose private key can't be parsed",
  ]],
  ["another's key", { ...right, "k.pem": read("other_key") }, [
    "tls.key_file: names a private key that doesn't belong to the certificate",
  ]],
  ["an encrypted key", { ...right, "k.pem": read("encrypted_key") }, [
    "tls.key_file: names a private key that needs a passphrase, which can't be given",
  ]],
];

for (const [what, files, lines] of wrong) {
  Deno.test(`load() refuses TLS with ${what}`, async () => {
    assertEquals(await linesWith(files), lines);
  });
}

Deno.test("load() checks the TLS files of etcd, of which any may be left out", async () => {
  const etcd = objectSchema({ etcd: etcdConfigSchema });
  const linesOfTls = (tls: Texts, files: Texts) => {
    const yaml = `etcd: ${JSON.stringify({ endpoints: ["https://a:2379"], tls })}`;
    const load = loaderOf({ "config/default.yaml": yaml, ...files }).load(etcd);
    return load.then(() => [], () => linesOf(load));
  };
  const place = "config/default.yaml:1:";
  const all = { ca_file: "ca.pem", cert_file: "c.pem", key_file: "k.pem" };
  assertEquals(await linesOfTls(all, right), []);
  assertEquals(await linesOfTls({ ca_file: "ca.pem" }, right), []);
  assertEquals(await linesOfTls({ server_name: "etcd" }, {}), []);
  assertEquals(await linesOfTls({ ca_file: "ca.pem" }, {}), [
    `${place}56: etcd.tls.ca_file: names no file that exists`,
  ]);
  assertEquals(await linesOfTls(all, { ...right, "k.pem": read("other_key") }), [
    `${place}96: etcd.tls.key_file: names a private key that doesn't belong to the certificate`,
  ]);
});

Deno.test("load() checks no files of a section that has other faults, or when told not to", async () => {
  const files = { "config/default.yaml": "tls: {cert_file: c.pem, key_file: 1}" };
  assertEquals((await linesOf(loaderOf(files).load(schema))).length, 1);
  const fine = { "config/default.yaml": "tls: {cert_file: c.pem, key_file: k.pem}" };
  const loader = loaderOf(fine, {}, { checkFiles: false });
  assertEquals((await loader.load(schema)).tls.keyFile, "k.pem");
});

Deno.test("load() asks a schema's own rule over files, and passes on why one can't be read", async () => {
  const own = objectSchema({
    section: objectSchema({ seed: stringSchema() }, {
      fileRule: async ({ seed }, read) =>
        await read(seed) === "ok" ? [] : [{ path: ["seed"], message: "names a bad seed" }],
    }),
  });
  const files = { "config/default.yaml": "section:\n  seed: s", "s": "bad" };
  assertEquals(await linesOf(loaderOf(files).load(own)), [
    "config/default.yaml:2:9: section.seed: names a bad seed",
  ]);
  assertEquals((await loaderOf({ ...files, s: "ok" }).load(own)).section.seed, "s");
  // Without a loader there is nobody to read files.
  assertEquals("value" in await own["~standard"].validate({ section: { seed: "s" } }), true);
});
