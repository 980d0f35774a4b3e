import { Code, ConnectError } from "@connectrpc/connect";
import { validationIssuesOf } from "@oprc/grpc";
import { createModel } from "@oprc/models";
import { OPackageSchema } from "@oprc/proto/package";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { examplePackage, manager, platform, smallPackage } from "./_platform.ts";

/** The code and the message with which a call fails. */
async function refusal(call: Promise<unknown>): Promise<[string, string]> {
  const error = await assertRejects(() => call, ConnectError);
  return [Code[error.code], error.rawMessage];
}

Deno.test("CreatePackage stores the package with its defaults and times", async () => {
  await using pm = await manager();
  assertEquals(await pm.packages.createPackage(await examplePackage("image_pipeline")), "images");
  const stored = await pm.packages.getPackage("images");
  assertEquals(stored?.classes.map((c) => c.key), ["image", "thumbnail"]);
  assert(stored?.metadata?.createdAt !== undefined);
  assertEquals(stored.metadata.createdAt, stored.metadata.updatedAt);
  assertEquals(await pm.packages.getPackage("nothing"), undefined);
});

Deno.test("CreatePackage may be repeated, but does not overwrite", async () => {
  await using pm = await manager();
  await pm.packages.createPackage(smallPackage("a"));
  const first = await pm.packages.getPackage("a");
  await pm.packages.createPackage(smallPackage("a"));
  assertEquals(await pm.packages.getPackage("a"), first);
  const [code, message] = await refusal(
    pm.packages.createPackage(smallPackage("a", { version: "2.0.0" })),
  );
  assertEquals(code, "AlreadyExists");
  assertStringIncludes(message, '"a"');
  assertEquals(await pm.packages.getPackage("a"), first);
});

Deno.test("CreatePackage answers a wrong package with all issues and stores nothing", async () => {
  await using pm = await manager();
  const wrong = createModel(OPackageSchema, {
    name: "Shop Front",
    version: "one",
    dependencies: [""],
  });
  const error = await assertRejects(() => pm.packages.createPackage(wrong), ConnectError);
  assertEquals(error.code, Code.InvalidArgument);
  assertEquals(
    validationIssuesOf(error).map(({ path, code }) => [path, code]),
    [
      ["package.name", "InvalidName"],
      ["package.version", "InvalidVersion"],
      ["package.dependencies[0]", "EmptyDependencyName"],
    ],
  );
  assertEquals((await pm.packages.listPackages()).totalCount, 0);
});

Deno.test("CreatePackage wants dependencies and their functions to be there", async () => {
  await using pm = await manager();
  const video = await examplePackage("video_transcoder");
  assertEquals(await refusal(pm.packages.createPackage(video)), [
    "FailedPrecondition",
    'Cannot create package "video": it depends on package "images", which does not exist',
  ]);
  await pm.packages.createPackage(smallPackage("images"));
  const [code, message] = await refusal(pm.packages.createPackage(video));
  assertEquals(code, "FailedPrecondition");
  assertStringIncludes(message, 'classes[0].functions[2].function_key names "images/resize"');
  await pm.packages.deletePackage("images");
  await pm.packages.createPackage(await examplePackage("image_pipeline"));
  assertEquals(await pm.packages.createPackage(video), "video");
});

Deno.test("ListPackages takes filter, limit and offset", async () => {
  await using pm = await manager();
  for (const name of ["image_pipeline", "video_transcoder", "iot_sensor", "record_store"]) {
    await pm.packages.createPackage(await examplePackage(name));
  }
  await pm.packages.createPackage(smallPackage("old-images", { disabled: true }));
  const names = async (filter: string, slice = {}) => {
    const page = await pm.packages.listPackages({ filter, ...slice });
    return [page.totalCount, ...page.packages.map((p) => p.name)];
  };
  assertEquals(await names(""), [5, "images", "old-images", "records", "sensors", "video"]);
  assertEquals(await names("", { limit: 2, offset: 1 }), [5, "old-images", "records"]);
  assertEquals(await names("", { limit: 2, offset: 4 }), [5, "video"]);
  assertEquals(await names("", { offset: 9 }), [5]);
  assertEquals(await names("images"), [2, "images", "old-images"]);
  assertEquals(await names("name:images"), [1, "images"]);
  assertEquals(await names("name:*s"), [4, "images", "old-images", "records", "sensors"]);
  assertEquals(await names("tag:media"), [2, "images", "video"]);
  assertEquals(await names("tag:media tag:video"), [1, "video"]);
  assertEquals(await names("author:media-team dependency:images"), [1, "video"]);
  assertEquals(await names("disabled:true"), [1, "old-images"]);
  assertEquals(await names("images disabled:false"), [1, "images"]);
  const [code, message] = await refusal(pm.packages.listPackages({ filter: "colour:red" }));
  assertEquals(code, "InvalidArgument");
  assertStringIncludes(message, '"colour:red"');
});

Deno.test("DeletePackage refuses while a package or a deployment needs it", async () => {
  await using pm = await platform("eu");
  await pm.packages.createPackage(await examplePackage("image_pipeline"));
  await pm.packages.createPackage(await examplePackage("video_transcoder"));
  const id = await pm.packages.deployClass({
    packageName: "video",
    classKey: "video",
    targetEnv: "test",
    targetClusters: ["eu"],
  });
  assertEquals(await refusal(pm.packages.deletePackage("images")), [
    "FailedPrecondition",
    'Cannot delete package "images": package "video" depends on it',
  ]);
  assertEquals(await refusal(pm.packages.deletePackage("video")), [
    "FailedPrecondition",
    'Cannot delete package "video": deployment "video.video.test" uses it',
  ]);
  await pm.deployments.deleteDeployment(id);
  await pm.packages.deletePackage("video");
  await pm.packages.deletePackage("images");
  assertEquals((await pm.packages.listPackages()).totalCount, 0);
  assertEquals((await refusal(pm.packages.deletePackage("images")))[0], "NotFound");
});

Deno.test("DeletePackage and CreatePackage of a dependent never both succeed", async () => {
  await using pm = await manager();
  let both = 0;
  const won = { create: 0, delete: 0 };
  for (let round = 0; round < 40; round++) {
    const [base, dependent] = [`base-${round}`, `dependent-${round}`];
    await pm.packages.createPackage(smallPackage(base));
    const create = () =>
      pm.packages.createPackage(smallPackage(dependent, { dependencies: [base] }));
    const remove = () => pm.packages.deletePackage(base);
    const calls = round % 2 === 0 ? [create(), remove()] : [remove(), create()].reverse();
    const [created, deleted] = await Promise.allSettled(calls);
    if (created!.status === "fulfilled") won.create++;
    if (deleted!.status === "fulfilled") won.delete++;
    const left = await pm.packages.getPackage(base);
    const user = await pm.packages.getPackage(dependent);
    if (user !== undefined && left === undefined) both++;
  }
  assertEquals(both, 0);
  assertEquals(won.create + won.delete, 40);
});
