// permissions: --allow-net=127.0.0.1
import { PackageClient, packageService, serve } from "@oprc/grpc";

const names = [];
const server = await serve({
  services: [packageService({
    createPackage: ({ package: pkg }) => {
      names.push(pkg.name);
      return { packageId: pkg.name };
    },
    getPackage: () => ({}),
    listPackages: () => ({ packages: names.map((name) => ({ name })) }),
    deletePackage: () => ({}),
    deployClass: () => ({}),
    reportDeploymentStatus: () => ({}),
  })],
});
for (const protocol of ["grpc", "grpc-web", "connect"]) {
  const client = PackageClient.connect(`http://127.0.0.1:${server.addr.port}`, { protocol });
  await client.createPackage({ name: `over-${protocol}` });
  await client.close();
}
await server.shutdown();
if (names.join() !== "over-grpc,over-grpc-web,over-connect") throw new Error(names.join());
console.log("ok");
