/** grpc-js and Python over TLS, with our server and with our client, with and without mutual TLS. */
import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { Buffer } from "node:buffer";
import { Code, ConnectError } from "@connectrpc/connect";
import grpc from "@grpc/grpc-js";
import { installed } from "../tests/_peers.ts";
import { files, serverTls, tlsTest } from "./_certificates_testing.ts";
import { packageServer } from "./_testing.ts";
import { PackageClient } from "./mod.ts";

const pem = (name: string) => Buffer.from(files[name]!);
const bytes = (value: Uint8Array) => Buffer.from(value);
const PATH = "/oaas.package.PackageService/CreatePackage";
/** `CreatePackageResponse { package_id: "id" }`. */
const RESPONSE = Uint8Array.of(0x12, 2, 0x69, 0x64);

/** A grpc-js server that knows messages as bytes. */
async function foreignServer(
  certificate: "server" | "expired",
  mutual: boolean,
): Promise<{ endpoint: string; stop: () => void }> {
  const server = new grpc.Server();
  server.addService({
    createPackage: {
      path: PATH,
      requestStream: false,
      responseStream: false,
      requestSerialize: bytes,
      requestDeserialize: bytes,
      responseSerialize: bytes,
      responseDeserialize: bytes,
    },
  }, {
    createPackage: (_: unknown, answer: grpc.sendUnaryData<Uint8Array>) => answer(null, RESPONSE),
  });
  const pair = { private_key: pem(`${certificate}.key`), cert_chain: pem(`${certificate}.pem`) };
  const credentials = grpc.ServerCredentials.createSsl(
    pem("ca.pem"),
    [pair],
    mutual,
  );
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync(
      "127.0.0.1:0",
      credentials,
      (error, port) => error ? reject(error) : resolve(port),
    )
  );
  return { endpoint: `https://localhost:${port}`, stop: () => server.forceShutdown() };
}

for (const mutual of [false, true]) {
  const kind = mutual ? "mutual TLS" : "TLS";
  const ownCertificate = () =>
    mutual ? { cert: files["client.pem"]!, key: files["client.key"]! } : {};

  tlsTest(`PackageClient calls a grpc-js server over ${kind}`, async () => {
    const server = await foreignServer("server", mutual);
    const client = PackageClient.connect(server.endpoint, {
      tls: { ca: files["ca.pem"]!, ...ownCertificate() },
    });
    assertEquals(await client.createPackage({ name: "a" }), "id");
    await client.close();
    server.stop();
  });

  tlsTest(`grpc-js calls serve() over ${kind}`, async () => {
    const { server } = await packageServer({
      createPackage: () => Promise.resolve({ packageId: "id" }),
    }, { tls: mutual ? { ...serverTls, ca: files["ca.pem"]! } : serverTls });
    const credentials = mutual
      ? grpc.credentials.createSsl(pem("ca.pem"), pem("client.key"), pem("client.pem"))
      : grpc.credentials.createSsl(pem("ca.pem"));
    const client = new grpc.Client(`localhost:${server.addr.port}`, credentials);
    const answer = await new Promise<Uint8Array | undefined>((resolve, reject) =>
      client.makeUnaryRequest(
        PATH,
        bytes,
        bytes,
        new Uint8Array(),
        { deadline: Date.now() + 10_000 },
        (error, response) => error ? reject(error) : resolve(response),
      )
    );
    assertEquals(Uint8Array.from(answer!), RESPONSE);
    client.close();
    await server.shutdown();
  });

  tlsTest(`Python calls serve() over ${kind}`, async () => {
    if (await installed("/usr/bin/python3", "-c", "import grpc") === undefined) return;
    const { server } = await packageServer({
      createPackage: () => Promise.resolve({ packageId: "id" }),
    }, { tls: mutual ? { ...serverTls, ca: files["ca.pem"]! } : serverTls });
    const dir = await Deno.makeTempDir({ prefix: "oprc-grpc-python-tls-" });
    try {
      for (const [name, text] of Object.entries(files)) {
        await Deno.writeTextFile(`${dir}/${name}`, text);
      }
      const program = decodeURIComponent(
        new URL("testdata/python_tls.py", import.meta.url).pathname,
      );
      const { stdout, stderr } = await new Deno.Command("/usr/bin/python3", {
        args: [program, String(server.addr.port), dir, mutual ? "mutual" : "plain"],
      }).output();
      const decoder = new TextDecoder();
      assertEquals(
        decoder.decode(stdout).trim().split("\n"),
        mutual ? ["12026964", "without a certificate UNAVAILABLE"] : ["12026964"],
        decoder.decode(stderr),
      );
    } finally {
      await Deno.remove(dir, { recursive: true });
      await server.shutdown();
    }
  });
}

tlsTest("PackageClient says that the certificate of a grpc-js server has expired", async () => {
  const server = await foreignServer("expired", false);
  const client = PackageClient.connect(server.endpoint, { tls: { ca: files["ca.pem"]! } });
  const error = await assertRejects(() => client.createPackage({ name: "a" }), ConnectError);
  assertEquals(error.code, Code.Unavailable);
  assertMatch(
    error.rawMessage,
    /^Cannot reach https:\/\/localhost:\d+: the server's certificate .*expired/,
  );
  await client.close();
  server.stop();
});

tlsTest("PackageClient says so when a grpc-js server wants a certificate", async () => {
  const server = await foreignServer("server", true);
  const client = PackageClient.connect(server.endpoint, { tls: { ca: files["ca.pem"]! } });
  const error = await assertRejects(() => client.createPackage({ name: "a" }), ConnectError);
  assertEquals(error.code, Code.Unavailable);
  await client.close();
  server.stop();
});
