/** What node_test.ts bundles and runs on Node; every line it prints is compared. */
import { Code, ConnectError } from "@connectrpc/connect";
import { hanging, packageServer } from "../_testing.ts";
import { PackageClient, type Protocol, validation } from "../mod.ts";
import { PackageClient as WebPackageClient } from "../web/mod.ts";

const start = (getPackage = hanging().method, port = 0) =>
  packageServer({
    createPackage: ({ package: pkg }) => Promise.resolve({ packageId: `id of ${pkg?.name}` }),
    deployClass: ({ packageName }) => Promise.resolve({ deploymentId: packageName }),
    getPackage,
  }, { port, interceptors: [] });

for (const protocol of ["grpc", "grpc-web", "connect"] as Protocol[]) {
  const { begun, method } = hanging();
  const first = await start(method);
  const client = PackageClient.connect(first.endpoint, { protocol, interceptors: [validation()] });
  const id = await client.createPackage({ name: "a" });
  const packageName = "p".repeat(3_000_000);
  const plain = PackageClient.connect(first.endpoint, { protocol });
  const back = (await plain.deployClass({ packageName })).length;
  await plain.close();
  const cut = client.getPackage("a").then(String, (error: ConnectError) => Code[error.code]);
  await begun;
  await first.server.shutdown({ graceMs: 0 });
  const code = await cut;
  const second = await start(undefined, first.server.addr.port);
  const again = await client.createPackage({ name: "a" });
  console.log(`${protocol}: ${id}, ${back} back, ${code} when cut, ${again} again`);
  await client.close();
  await second.server.shutdown();
}

const { server, endpoint } = await start();
const response = await fetch(`${endpoint}/oaas.package.PackageService/CreatePackage`, {
  method: "POST",
  headers: { "content-type": "application/json" },
  body: `{"package":{"name":"b"}}`,
});
console.log("HTTP/1.1:", await response.text());
for (const protocol of ["connect", "grpc-web"] as const) {
  const web = WebPackageClient.connect(endpoint, { protocol, results: true });
  const created = await web.createPackage({ name: "c" });
  const late = await web.getPackage("c", { timeoutMs: 50 });
  console.log(`web ${protocol}:`, created.ok && created.value, !late.ok && Code[late.error.code]);
  await web.close();
}
// The connection that fetch keeps open must not hold this up.
await server.shutdown({ graceMs: 100_000_000 });
console.log("done");
