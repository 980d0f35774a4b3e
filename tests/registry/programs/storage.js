// permissions:
import { createModel } from "@oprc/models";
import { OPackageSchema } from "@oprc/proto/package";
import { isConflict, openStorage } from "@oprc/storage";
import { testStore } from "@oprc/storage/testing";

const storage = await openStorage({ type: "memory" });
const packages = storage.createPackageStorage();
const images = createModel(OPackageSchema, { name: "images" });
await packages.storePackage(images, { expect: null });
const twice = await packages.storePackage(images, { expect: null }).catch((error) => error);
if (!isConflict(twice)) throw new Error("created twice");
if ((await packages.listPackages()).items.length !== 1) throw new Error("not listed");
await storage[Symbol.asyncDispose]();
if (typeof testStore !== "function") throw new Error("no suite");
console.log("ok");
