/**
 * Validation and reading of packages, beside schema libraries that hold the same
 * rules and beside the protobuf runtime, which holds none.
 */
import { fromBinary, fromJson as protobufFromJson, toBinary } from "@bufbuild/protobuf";
import { createModel, fromJson, toJson, validate } from "@oprc/models";
import { type OPackage, OPackageSchema } from "@oprc/proto/package";
import { compare, type Contender } from "./_compare.ts";
import { coldImport, lint, scale } from "./_models_scale.ts";
import { ajvAccepts } from "./_models_ajv.ts";
import { arktypeAccepts } from "./_models_arktype.ts";
import { typeboxAccepts } from "./_models_typebox.ts";
import { valibotAccepts } from "./_models_valibot.ts";
import { zodAccepts } from "./_models_zod.ts";

/** A package of so many classes, each with as many bindings of its functions. */
function packageOf(classes: number, functions: number): OPackage {
  const each = functions / classes;
  const pkg = createModel(OPackageSchema, {
    name: "bench",
    version: "1.4.0",
    dependencies: ["records"],
    metadata: {
      author: "bench",
      description: "A package to be measured",
      tags: ["bench"],
      createdAt: { seconds: 1_700_000_000n, nanos: 5 },
    },
    classes: Array.from({ length: classes }, (_, c) => ({
      key: `class-${c}`,
      name: `Class ${c}`,
      package: "bench",
      functions: Array.from({ length: each }, (_, f) => ({
        functionKey: `function-${c * each + f}`,
        accessModifier: "PUBLIC",
      })),
      stateSpec: { type: "State", persistent: true, serializationFormat: "json" },
    })),
    functions: Array.from({ length: functions }, (_, f) => ({
      key: `function-${f}`,
      name: `Function ${f}`,
      package: "bench",
      runtime: "deno",
      handler: `mod.ts#f${f}`,
      metadata: {
        description: "does something useful",
        parameters: ["a", "b"],
        returnType: "json",
        resourceRequirements: {
          cpuRequest: "100m",
          memoryRequest: "128Mi",
          cpuLimit: "500m",
          memoryLimit: "256Mi",
        },
      },
    })),
  });
  // As a service gets it: joined texts, which the above are, are read more slowly.
  return fromBinary(OPackageSchema, toBinary(OPackageSchema, pkg));
}

const libraries: readonly [name: string, accepts: (value: unknown) => boolean][] = [
  ["zod", zodAccepts],
  ["valibot", valibotAccepts],
  ["arktype", arktypeAccepts],
  ["TypeBox compiled", typeboxAccepts],
  ["ajv compiled", ajvAccepts],
];

/** One change each that breaks a rule; a library that doesn't see it holds fewer rules. */
const breaks: readonly ((pkg: OPackage) => void)[] = [
  (pkg) => pkg.name = "Bench",
  (pkg) => pkg.version = "one",
  (pkg) => pkg.dependencies[0] = "",
  (pkg) => pkg.classes[1]!.key = "class-0",
  (pkg) => pkg.classes[1]!.package = "other",
  (pkg) => pkg.classes[1]!.functions[0]!.functionKey = "none",
  (pkg) => pkg.classes[1]!.functions[0]!.functionKey = pkg.classes[1]!.functions[1]!.functionKey,
  (pkg) => pkg.classes[1]!.functions[0]!.accessModifier = "SECRET",
  (pkg) => pkg.classes[1]!.functions.length = 0,
  (pkg) => pkg.functions[1]!.key = "function-0",
  (pkg) => pkg.functions[1]!.name = " ",
  (pkg) => pkg.functions[1]!.handler = "",
  (pkg) => pkg.functions[1]!.metadata!.resourceRequirements!.cpuRequest = "-1",
  (pkg) => pkg.functions[1]!.metadata!.resourceRequirements!.memoryLimit = "1Mi",
  (pkg) => pkg.metadata!.createdAt!.nanos = -1,
];
for (const [name, accepts] of [["@oprc/models", ours] as const, ...libraries]) {
  if (!accepts(packageOf(5, 20))) throw new Error(`${name} refuses a right package`);
  for (const change of breaks) {
    const pkg = packageOf(5, 20);
    change(pkg);
    if (accepts(pkg)) throw new Error(`${name} accepts ${change}`);
  }
}

function ours(value: unknown): boolean {
  return validate(OPackageSchema, value as OPackage).length === 0;
}

for (const [classes, functions] of [[5, 20], [200, 2000]] as const) {
  const size = `${classes} classes and ${functions} functions`;
  const pkg = packageOf(classes, functions);
  await compare("models", {
    name: `validate, ${size}`,
    ours: { name: "@oprc/models", run: () => ours(pkg) },
    others: libraries.map(([name, accepts]): Contender => ({ name, run: () => accepts(pkg) })),
    atLeast: 1,
  });
  const text = toJson(OPackageSchema, pkg);
  await compare("models", {
    name: `fromJson with validation, ${size}`,
    ours: { name: "@oprc/models", run: () => fromJson(OPackageSchema, text) },
    others: [{
      name: "JSON.parse and protobuf-es fromJson, no rules",
      run: () => protobufFromJson(OPackageSchema, JSON.parse(text)),
    }],
    atLeast: 1 / 1.3,
  });
}

scale(packageOf);
lint();
await coldImport();
