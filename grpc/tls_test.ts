import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { Code, ConnectError } from "@connectrpc/connect";
import { files, serverTls, tlsTest as test } from "./_certificates_testing.ts";
import { packageServer } from "./_testing.ts";
import { auth, type ClientTlsOptions, identityOf, PackageClient, type Protocol } from "./mod.ts";

const createPackage = () => Promise.resolve({ packageId: "id" });

for (const protocol of ["grpc", "grpc-web", "connect"] as Protocol[]) {
  test(`serve() with tls answers ${protocol}`, async () => {
    const { server, endpoint } = await packageServer({ createPackage }, { tls: serverTls });
    const client = PackageClient.connect(endpoint.replace("127.0.0.1", "localhost"), {
      protocol,
      tls: { ca: new TextEncoder().encode(files["ca.pem"]) },
    });
    assertEquals(await client.createPackage({ name: "a" }), "id");
    await client.close();
    await server.shutdown();
  });
}

for (const http2 of [true, false]) {
  test(`serve() with tls answers Connect over HTTP/${http2 ? "2" : "1.1"}`, async () => {
    const { server } = await packageServer({ createPackage }, { tls: serverTls });
    const client = Deno.createHttpClient({ caCerts: [files["ca.pem"]!], http1: !http2, http2 });
    const path = "/oaas.package.PackageService/CreatePackage";
    const response = await fetch(`https://localhost:${server.addr.port}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{}",
      client,
    });
    assertEquals(await response.json(), { packageId: "id" });
    // An idle connection of either kind must not hold up the shutdown.
    await server.shutdown({ graceMs: 100_000_000 });
    client.close();
  });
}

for (const httpVersion of ["1.1", "2"] as const) {
  test(`PackageClient sends an empty message over HTTP/${httpVersion} and TLS`, async () => {
    const { server, endpoint } = await packageServer({
      listPackages: () => Promise.resolve({ totalCount: 7 }),
    }, { tls: serverTls });
    const client = PackageClient.connect(endpoint, {
      protocol: "connect",
      httpVersion,
      tls: { ca: files["ca.pem"]!, serverName: "localhost" },
    });
    assertEquals((await client.listPackages()).totalCount, 7);
    await client.close();
    await server.shutdown();
  });
}

test("PackageClient trusts no server of another authority", async () => {
  const { server, endpoint } = await packageServer({ createPackage }, { tls: serverTls });
  const options: (ClientTlsOptions | undefined)[] = [undefined, { ca: files["stranger.pem"]! }];
  for (const tls of options) {
    const client = PackageClient.connect(endpoint.replace("127.0.0.1", "localhost"), { tls });
    const error = await assertRejects(() => client.createPackage({ name: "a" }), ConnectError);
    assertEquals(error.code, Code.Unavailable);
    assertStringIncludes(error.rawMessage, "Cannot reach https://localhost:");
    await client.close();
  }
  await server.shutdown();
});

test("PackageClient holds the certificate against tls.serverName", async () => {
  const { server, endpoint } = await packageServer({ createPackage }, { tls: serverTls });
  const ca = files["ca.pem"]!;
  const right = PackageClient.connect(endpoint, { tls: { ca, serverName: "oprc.test" } });
  assertEquals(await right.createPackage({ name: "a" }), "id");
  await right.close();
  const wrong = PackageClient.connect(endpoint, { tls: { ca, serverName: "other.test" } });
  const error = await assertRejects(() => wrong.createPackage({ name: "a" }), ConnectError);
  assertEquals(error.code, Code.Unavailable);
  await wrong.close();
  await server.shutdown();
});

test("serve() with tls.ca wants a certificate of its authority from clients", async () => {
  const tls = { ...serverTls, ca: files["ca.pem"]! };
  const { server, endpoint } = await packageServer({ createPackage }, { tls });
  const localhost = endpoint.replace("127.0.0.1", "localhost");
  const known = PackageClient.connect(localhost, {
    tls: { ca: files["ca.pem"]!, cert: files["client.pem"]!, key: files["client.key"]! },
  });
  assertEquals(await known.createPackage({ name: "a" }), "id");
  await known.close();
  const unknown = PackageClient.connect(localhost, { tls: { ca: files["ca.pem"]! } });
  const error = await assertRejects(() => unknown.createPackage({ name: "a" }), ConnectError);
  assertEquals(error.code, Code.Unavailable);
  await unknown.close();
  await server.shutdown();
});

test("serve() with tls outlives plaintext and garbage", async () => {
  const { server, endpoint } = await packageServer({ createPackage }, { tls: serverTls });
  for (
    const bytes of ["GET / HTTP/1.1\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\x16\x03\x01"]
  ) {
    const connection = await Deno.connect({ port: server.addr.port });
    await connection.write(new TextEncoder().encode(bytes));
    connection.close();
  }
  const plain = PackageClient.connect(endpoint.replace("https", "http"), { timeoutMs: 2_000 });
  const error = await assertRejects(() => plain.createPackage({ name: "a" }), ConnectError);
  assertEquals(error.code, Code.Unavailable);
  await plain.close();
  const client = PackageClient.connect(endpoint.replace("127.0.0.1", "localhost"), {
    tls: { ca: files["ca.pem"]! },
  });
  assertEquals(await client.createPackage({ name: "a" }), "id");
  await client.close();
  await server.shutdown();
});

test("serve() refuses a certificate or key it can't use", async () => {
  const { cert, key } = serverTls;
  const wrong: [{ cert: string; key: string }, string][] = [
    [{ cert: "no certificate", key }, "tls.cert is not a certificate in PEM"],
    [{ cert, key: "no key" }, "tls.key is not a private key in PEM"],
    [{ cert, key: files["client.key"]! }, "tls.key is not the key of tls.cert"],
  ];
  for (const [tls, why] of wrong) {
    const error = await assertRejects(() => packageServer({}, { tls }), TypeError);
    assertEquals(error.message, `Cannot serve with TLS: ${why}`);
  }
});

for (const protocol of ["grpc", "connect"] as Protocol[]) {
  test(`auth() knows a caller by its certificate, over ${protocol}`, async () => {
    const seen: unknown[] = [];
    const { server, endpoint } = await packageServer({
      createPackage: (_request, { values }) => {
        seen.push(identityOf(values)?.name);
        return createPackage();
      },
    }, {
      tls: { ...serverTls, ca: files["ca.pem"]! },
      interceptors: [auth({
        authenticate: ({ peer }) => peer?.certificate && { name: peer.certificate.commonName },
      })],
    });
    const client = PackageClient.connect(endpoint.replace("127.0.0.1", "localhost"), {
      protocol,
      tls: { ca: files["ca.pem"]!, cert: files["client.pem"]!, key: files["client.key"]! },
    });
    await client.createPackage({ name: "a" });
    assertEquals(seen, ["client"]);
    await client.close();
    await server.shutdown();
  });
}

test("serve() refuses a certificate that has expired", async () => {
  const tls = { cert: files["expired.pem"]!, key: files["expired.key"]! };
  const error = await assertRejects(() => packageServer({}, { tls }), TypeError);
  assertStringIncludes(error.message, "Cannot serve with TLS: tls.cert expired on 20");
});
