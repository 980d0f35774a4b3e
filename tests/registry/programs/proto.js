// permissions:
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { package_ } from "@oprc/proto";
import { OPackageSchema } from "@oprc/proto/package";

const bytes = toBinary(OPackageSchema, create(OPackageSchema, { name: "images" }));
if (fromBinary(package_.OPackageSchema, bytes).name !== "images") throw new Error("not the same");
console.log("ok");
