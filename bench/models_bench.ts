/** Validation and reading of packages, beside schema libraries that hold the same rules. */
import { fromJson as protobufFromJson } from "@bufbuild/protobuf";
import { createModel, fromJson, toJson, validate } from "@oprc/models";
import { OPackageSchema } from "@oprc/proto/package";
import { compare } from "./_compare.ts";

const pkg = createModel(OPackageSchema, {
  name: "bench",
  classes: Array.from({ length: 5 }, (_, c) => ({
    key: `class-${c}`,
    name: `Class ${c}`,
    package: "bench",
    functions: Array.from({ length: 4 }, (_, f) => ({ functionKey: `function-${c * 4 + f}` })),
  })),
  functions: Array.from({ length: 20 }, (_, f) => ({
    key: `function-${f}`,
    name: `Function ${f}`,
    package: "bench",
    runtime: "deno",
    handler: `mod.ts#f${f}`,
    metadata: {
      description: "does something useful",
      parameters: ["a", "b"],
      returnType: "json",
      resourceRequirements: { cpuRequest: "100m", memoryRequest: "128Mi" },
    },
  })),
});
const text = toJson(OPackageSchema, pkg);
if (validate(OPackageSchema, pkg).length > 0) throw new Error("the package should be right");

await compare("models", {
  name: "fromJson with validation, 5 classes and 20 functions",
  ours: { name: "@oprc/models", run: () => fromJson(OPackageSchema, text) },
  others: [{
    name: "JSON.parse and protobuf-es fromJson, no rules",
    run: () => protobufFromJson(OPackageSchema, JSON.parse(text)),
  }],
  atLeast: 1 / 1.3,
});
