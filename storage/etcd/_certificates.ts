/** Certificates for tests, made by openssl. */

async function openssl(cwd: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("openssl", { args, cwd }).output();
  if (!success) throw new Error(`openssl ${args[0]}: ${new TextDecoder().decode(stderr)}`);
}

/** Makes an authority, a stranger, and certificates of a server and a client, in PEM files. */
export async function makeCertificates(folder: string): Promise<void> {
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  for (const name of ["ca", "stranger"]) {
    const out = ["-keyout", `${name}.key`, "-out", `${name}.pem`, "-days", "2"];
    const extensions = ["-addext", "basicConstraints=critical,CA:TRUE"];
    await openssl(folder, "req", "-x509", ...newKey, ...out, "-subj", `/CN=${name}`, ...extensions);
  }
  const signed = async (name: string, extensions: string) => {
    const out = ["-keyout", `${name}.key`, "-out", `${name}.csr`];
    await openssl(folder, "req", ...newKey, ...out, "-subj", `/CN=${name}`);
    await Deno.writeTextFile(`${folder}/${name}.ext`, extensions);
    const by = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"];
    const files = ["-in", `${name}.csr`, "-out", `${name}.pem`, "-extfile", `${name}.ext`];
    await openssl(folder, "x509", "-req", ...by, ...files, "-days", "2");
  };
  // etcd's own gateway uses the server's certificate as a client.
  const both = "extendedKeyUsage=serverAuth,clientAuth\n";
  await signed("server", `subjectAltName=DNS:localhost,DNS:etcd.test,IP:127.0.0.1\n${both}`);
  await signed("named", `subjectAltName=DNS:etcd.test\n${both}`);
  await signed("client", "extendedKeyUsage=clientAuth\n");
}
