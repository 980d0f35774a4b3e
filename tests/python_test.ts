/** A foreign client: Python's grpcio. */
import { create, fromJson, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { toJson } from "@oprc/models";
import { file_common } from "@oprc/proto/common";
import { file_package, OPackageSchema } from "@oprc/proto/package";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { decodeBadRequest } from "./_bad_request.ts";
import { installed, peerTest } from "./_peers.ts";
import { examplePackage, manager } from "./_platform.ts";

/** An interpreter that has grpcio, if there is one. */
async function findPython(): Promise<string | undefined> {
  for (const python of ["/usr/bin/python3", "python3", "python"]) {
    if (await installed(python, "-c", "import grpc, google.protobuf")) return python;
  }
  return undefined;
}

const python = await findPython();

peerTest(
  "Python's grpcio creates, gets, lists and deletes, and sees why a package is refused",
  { peer: "Python with grpcio (Debian: python3-grpcio, python3-protobuf)", found: python },
  async (python) => {
    const folder = await Deno.makeTempDir();
    try {
      const images = await examplePackage("image_pipeline");
      await Deno.writeTextFile(`${folder}/package.json`, toJson(OPackageSchema, images));
      await Deno.writeFile(
        `${folder}/contract.binpb`,
        toBinary(
          FileDescriptorSetSchema,
          create(FileDescriptorSetSchema, { file: [file_common.proto, file_package.proto] }),
        ),
      );
      await using pm = await manager();
      const { success, stdout, stderr } = await new Deno.Command(python, {
        args: [
          decodeURIComponent(new URL("peers/python_client.py", import.meta.url).pathname),
          new URL(pm.url).host,
          `${folder}/contract.binpb`,
          `${folder}/package.json`,
        ],
      }).output();
      const decoder = new TextDecoder();
      assertEquals(success, true, decoder.decode(stderr));
      const seen = JSON.parse(decoder.decode(stdout));
      assertEquals(seen.created, "images");
      const got = fromJson(OPackageSchema, seen.got);
      assertEquals(got.functions, images.functions);
      assertEquals(got.classes[0]?.stateSpec, images.classes[0]?.stateSpec);
      assertEquals(seen.listed, [1, ["images"]]);
      assertEquals(seen.missing.slice(0, 2), [
        "NOT_FOUND",
        'Cannot get package "images": there is none',
      ]);
      assertEquals(seen.invalid[0], "INVALID_ARGUMENT");
      assertStringIncludes(seen.invalid[1], "package.name");
      const details = Uint8Array.from(
        (seen.invalid[2] as string).match(/../g) ?? [],
        (byte) => parseInt(byte, 16),
      );
      assertEquals(
        decodeBadRequest(details).map(({ field, reason }) => [field, reason]),
        [["package.name", "InvalidName"], ["package.version", "InvalidVersion"]],
      );
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);
