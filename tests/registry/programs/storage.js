// permissions:
import { createModel } from "@oprc/models";
import { OPackageSchema } from "@oprc/proto/package";
import { isConflict, memoryStore, openStorage } from "@oprc/storage";
import { testStore } from "@oprc/storage/testing";

const storage = await openStorage({ type: "memory" });
const packages = storage.createPackageStorage();
const images = createModel(OPackageSchema, { name: "images" });
await packages.storePackage(images, { expect: null });
const twice = await packages.storePackage(images, { expect: null }).catch((error) => error);
if (!isConflict(twice)) throw new Error("created twice");
if ((await packages.listPackages()).items.length !== 1) throw new Error("not listed");
await storage[Symbol.asyncDispose]();

// The suite that every store passes, here on the one in memory.
const cases = [];
testStore(() => memoryStore(), { test: (name, run) => cases.push([name, run]) });
for (const [name, run] of cases) {
  await run().catch((cause) => {
    throw new Error(name, { cause });
  });
}
if (cases.length < 40) throw new Error(`only ${cases.length} cases`);
console.log("ok");
