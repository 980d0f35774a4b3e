/** What runs in the browser: rules, and calls to a service of another origin. */
import { createModel, validate } from "@oprc/models";
import { PackageClient, validationIssuesOf } from "@oprc/grpc/web";
import { OPackageSchema } from "@oprc/proto/package";

const service = new URLSearchParams(location.search).get("service");

async function tryOut(protocol) {
  const client = PackageClient.connect(service, { protocol, timeoutMs: 5_000 });
  const name = `from-a-browser-by-${protocol}`;
  await client.createPackage(createModel(OPackageSchema, { name, version: "1.0.0" }));
  const found = await client.getPackage(name);
  const wrong = await client.createPackage({ name: "Not a name" }).catch((error) => error);
  const missing = await client.deletePackage("nobody").catch((error) => error.code);
  return {
    protocol,
    version: found.version,
    issues: validationIssuesOf(wrong)?.map(({ code, path }) => `${code} ${path}`),
    absent: await client.getPackage("nobody") === undefined,
    missing,
  };
}

document.querySelector("button").addEventListener("click", async () => {
  const said = { issues: validate(OPackageSchema, createModel(OPackageSchema, { name: "A" })).map(({ code }) => code) };
  try {
    said.calls = [await tryOut("connect"), await tryOut("grpc-web")];
  } catch (error) {
    said.error = String(error?.stack ?? error);
  }
  document.querySelector("output").textContent = JSON.stringify(said);
});
