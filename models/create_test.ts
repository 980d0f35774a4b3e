import { create } from "@bufbuild/protobuf";
import {
  DeploymentUnitSchema,
  DeployRequestSchema,
  OClassDeploymentSchema,
} from "@oprc/proto/deployment";
import {
  CreatePackageRequestSchema,
  DeployClassRequestSchema,
  OPackageSchema,
  ReportStatusRequestSchema,
} from "@oprc/proto/package";
import { ListActiveInstancesResponseSchema, RuntimeStateSchema } from "@oprc/proto/runtime";
import { assertEquals } from "@std/assert";
import { goodPackage } from "./_fixtures.ts";
import { createModel, withDefaults } from "./create.ts";

Deno.test("createModel() makes what the protobuf runtime makes", () => {
  const init = { name: "images", classes: [{ key: "thumbnail" }] };
  assertEquals(createModel(OPackageSchema, init), create(OPackageSchema, init));
  assertEquals(createModel(OPackageSchema), create(OPackageSchema));
});

Deno.test("withDefaults() makes bindings without an access modifier PUBLIC", () => {
  const request = create(CreatePackageRequestSchema, { package: goodPackage() });
  const bindings = withDefaults(CreatePackageRequestSchema, request).package!.classes
    .flatMap((cls) => cls.functions.map((it) => it.accessModifier));
  assertEquals(bindings, ["PUBLIC", "PRIVATE", "PUBLIC"]);
});

Deno.test("withDefaults() writes status values in upper case", () => {
  const report = create(ReportStatusRequestSchema, { status: { status: "in_progress" } });
  assertEquals(withDefaults(ReportStatusRequestSchema, report).status?.status, "IN_PROGRESS");
  const list = create(ListActiveInstancesResponseSchema, {
    instances: [{ status: "Running" }, { status: "STOPPED" }, {}],
  });
  assertEquals(
    withDefaults(ListActiveInstancesResponseSchema, list).instances.map((it) => it.status),
    ["RUNNING", "STOPPED", ""],
  );
});

Deno.test("withDefaults() leaves letters beyond ASCII alone", () => {
  const state = create(RuntimeStateSchema, { status: "f\u0131nı\u017f" });
  assertEquals(withDefaults(RuntimeStateSchema, state).status, "F\u0131Nı\u017f");
});

for (const schema of [OClassDeploymentSchema, DeploymentUnitSchema, DeployClassRequestSchema]) {
  Deno.test(`withDefaults() gives a ${schema.name} without requirements the platform's`, () => {
    for (const nfrRequirements of [undefined, {}]) {
      // The three share the field, but not a type.
      const value = create(schema as typeof OClassDeploymentSchema, { nfrRequirements });
      const { nfrRequirements: filled } = withDefaults(
        schema as typeof OClassDeploymentSchema,
        value,
      );
      assertEquals(filled?.availability, 0.99);
      assertEquals(filled?.cpuUtilizationTarget, 0.7);
      assertEquals(filled?.maxLatencyMs, undefined);
      assertEquals(filled?.minThroughputRps, undefined);
    }
  });
}

Deno.test("withDefaults() leaves stated requirements as they are, zero included", () => {
  const value = create(OClassDeploymentSchema, { nfrRequirements: { availability: 0 } });
  assertEquals(withDefaults(OClassDeploymentSchema, value), value);
});

Deno.test("withDefaults() reaches a deployment from its request", () => {
  const request = create(DeployRequestSchema, { deploymentUnit: { id: "3f0c" } });
  const filled = withDefaults(DeployRequestSchema, request);
  assertEquals(filled.deploymentUnit?.nfrRequirements?.availability, 0.99);
});

Deno.test("withDefaults() makes a new message and shares nothing with the old one", () => {
  const pkg = goodPackage();
  const before = structuredClone(pkg);
  const filled = withDefaults(OPackageSchema, pkg);
  filled.classes[0]!.functions[0]!.parameters.push("height");
  filled.metadata!.tags.push("new");
  assertEquals(structuredClone(pkg), before);
});
