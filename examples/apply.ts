/**
 * Creates packages from YAML files on a running Package Manager:
 *
 *     deno task apply examples/packages/record_store.yaml [--endpoint http://127.0.0.1:8080]
 *
 * Exits 1 when a file is wrong or a package is refused; the others are created.
 */
import { ConnectError } from "@connectrpc/connect";
import { PackageClient } from "@oprc/grpc";
import { PackageFileError, readPackageFile } from "./common/package_files.ts";

const files: string[] = [];
let endpoint = "http://127.0.0.1:8080";
for (let i = 0; i < Deno.args.length; i++) {
  const arg = Deno.args[i]!;
  if (arg === "--endpoint") endpoint = Deno.args[++i] ?? "";
  else files.push(arg);
}
if (files.length === 0 || files.some((file) => file.startsWith("-"))) {
  console.error("usage: apply FILE.yaml [FILE.yaml ...] [--endpoint URL]");
  Deno.exit(2);
}

let failed = false;
await using client = PackageClient.connect(endpoint);
for (const file of files) {
  try {
    const pkg = await readPackageFile(file);
    await client.createPackage(pkg);
    console.log(`${file}: package ${pkg.name} ${pkg.version ?? ""} is stored`);
  } catch (error) {
    failed = true;
    if (error instanceof PackageFileError) console.error(error.message);
    else if (error instanceof ConnectError) console.error(`${file}: ${error.message}`);
    else throw error;
  }
}
if (failed) Deno.exitCode = 1;
