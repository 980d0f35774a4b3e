// permissions: --allow-env=LOG_STREAM,LOG_TOKENS
import { createModel, fromJson, fromYaml, isValidationError, toJson, validate } from "@oprc/models";
import { OPackageSchema } from "@oprc/proto/package";

const wrong = await fromYaml(OPackageSchema, "name: A B\nclasses: 3\n").then(
  () => [],
  (error) => isValidationError(error) ? error.issues : [error],
);
const found = wrong.map(({ code, line, column }) => `${code} ${line}:${column}`).join();
if (found !== "InvalidName 1:7,InvalidType 2:10") throw new Error(found);
const pkg = createModel(OPackageSchema, { name: "images" });
if (validate(OPackageSchema, pkg).length > 0) throw new Error("right, and refused");
if (fromJson(OPackageSchema, toJson(OPackageSchema, pkg)).name !== "images") throw new Error();
console.log("ok");
