/**
 * Generates the TypeScript of the conformance suite's own .proto files, after these
 * have been replaced by those of another release: `deno run -A tests/conformance/generate.ts`.
 */
import { buf } from "../../_tools/gen.ts";

const here = new URL("./", import.meta.url);
const folder = "gen/connectrpc/conformance/v1";
const out = await Deno.makeTempDir({ prefix: "oprc-conformance-gen-" });
try {
  await buf(new URL("proto/", here), "generate", "--output", out);
  await Deno.mkdir(new URL(folder, here), { recursive: true });
  for (const name of ["client_compat", "config", "server_compat", "service"]) {
    const text = await Deno.readTextFile(`${out}/${folder}/${name}_pb.ts`);
    const file = new URL(`${folder}/${name}_pb.ts`, here);
    await Deno.writeTextFile(file, `// deno-fmt-ignore-file\n// deno-lint-ignore-file\n${text}`);
  }
} finally {
  await Deno.remove(out, { recursive: true });
}
