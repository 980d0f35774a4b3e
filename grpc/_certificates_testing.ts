/** Certificates, made by openssl when tests run; without it these are skipped. Not published. */
import { installed, peerTest } from "../tests/_peers.ts";

async function openssl(cwd: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("openssl", { args, cwd }).output();
  if (!success) throw new Error(`openssl ${args[0]}: ${new TextDecoder().decode(stderr)}`);
}

/** An authority, a server's certificate for localhost and 127.0.0.1, and a client's. */
async function makeCertificates(): Promise<Record<string, string>> {
  const dir = await Deno.makeTempDir({ prefix: "oprc-grpc-tls-" });
  try {
    const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    const authority = async (name: string) => {
      const out = ["-keyout", `${name}.key`, "-out", `${name}.pem`, "-days", "2"];
      const extensions = ["-addext", "basicConstraints=critical,CA:TRUE"];
      await openssl(dir, "req", "-x509", ...newKey, ...out, "-subj", `/CN=${name}`, ...extensions);
    };
    const signed = async (name: string, extensions: string, days = "2") => {
      const out = ["-keyout", `${name}.key`, "-out", `${name}.csr`];
      await openssl(dir, "req", ...newKey, ...out, "-subj", `/CN=${name}`);
      await Deno.writeTextFile(`${dir}/${name}.ext`, extensions);
      const by = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"];
      const files = ["-in", `${name}.csr`, "-out", `${name}.pem`, "-extfile", `${name}.ext`];
      await openssl(dir, "x509", "-req", ...by, ...files, "-days", days);
    };
    await authority("ca");
    await authority("stranger");
    // Its end is the second in which it is made, which must be over when it is used.
    await signed("expired", "subjectAltName=DNS:localhost\n", "0");
    const over = Date.now() + 1000;
    await signed("server", "subjectAltName=DNS:localhost,DNS:oprc.test,IP:127.0.0.1\n");
    await signed("client", "extendedKeyUsage=clientAuth\n");
    await new Promise((resolve) => setTimeout(resolve, over - Date.now()));
    const files: Record<string, string> = {};
    for (
      const name of [
        "ca.pem",
        "stranger.pem",
        "server.pem",
        "server.key",
        "expired.pem",
        "expired.key",
        "client.pem",
        "client.key",
      ]
    ) {
      files[name] = await Deno.readTextFile(`${dir}/${name}`);
    }
    return files;
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

const found = await installed("openssl", "version");
/** Their files, PEM by name: `ca.pem`, `server.pem`, `server.key` and so on. */
export const files: Record<string, string> = found ? await makeCertificates() : {};

/** A server's certificate, for `localhost`, `oprc.test` and 127.0.0.1. */
export const serverTls = { cert: files["server.pem"]!, key: files["server.key"]! };

/** A test that needs certificates. */
export function tlsTest(name: string, fn: () => Promise<void>): void {
  peerTest(name, { peer: "openssl", found }, fn);
}
