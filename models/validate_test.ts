import { create, type DescMessage, type MessageShape } from "@bufbuild/protobuf";
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  NfrRequirementsSchema,
  ResourceRequirementsSchema,
  TimestampSchema,
} from "@oprc/proto/common";
import {
  DeploymentUnitSchema,
  DeployRequestSchema,
  GetDeploymentStatusResponseSchema,
  OClassDeploymentSchema,
  ScaleDeploymentRequestSchema,
} from "@oprc/proto/deployment";
import {
  CreatePackageRequestSchema,
  DeployClassRequestSchema,
  DeploymentStatusSchema,
  FunctionBindingSchema,
  GetPackageRequestSchema,
  ListPackagesRequestSchema,
  ListPackagesResponseSchema,
  OClassSchema,
  OFunctionSchema,
  type OPackage,
  OPackageSchema,
  ReportStatusRequestSchema,
} from "@oprc/proto/package";
import {
  ListActiveInstancesRequestSchema,
  RuntimeStateSchema,
  UpdateRuntimeStateRequestSchema,
} from "@oprc/proto/runtime";
import { allMessages, goodDeployment, goodPackage, goodState, goodUnit } from "./_fixtures.ts";
import { assertValid, validate } from "./validate.ts";
import { ValidationError } from "./validation_error.ts";

/** What each issue is about: `code path`. */
function issuesOf<Desc extends DescMessage>(schema: Desc, value: MessageShape<Desc>): string[] {
  return validate(schema, value).map(({ code, path }) => `${code} ${path}`);
}

function table<Desc extends DescMessage>(
  schema: Desc,
  good: () => MessageShape<Desc>,
  cases: readonly [expected: string, broken: (message: MessageShape<Desc>) => void][],
): void {
  for (const [expected, broken] of cases) {
    const source = broken.toString().replace(/^\(?\w+\)? => /, "");
    Deno.test(`validate() ${schema.name}: ${source} makes ${expected}`, () => {
      const message = good();
      assertEquals(issuesOf(schema, message), []);
      broken(message);
      assertEquals(issuesOf(schema, message), [expected]);
    });
  }
}

const long = (length: number) => "a".repeat(length);

table(OPackageSchema, goodPackage, [
  ["EmptyPackageName name", (p) => p.name = ""],
  ["EmptyPackageName name", (p) => p.name = " \t"],
  ["InvalidVersion version", (p) => p.version = ""],
  ["InvalidVersion version", (p) => p.version = "1"],
  ["InvalidVersion version", (p) => p.version = "v1.0.0"],
  ["InvalidVersion version", (p) => p.version = "1.02.0"],
  ["InvalidVersion version", (p) => p.version = "1.0.0-"],
  ["EmptyClassKey classes[0].key", (p) => p.classes[0]!.key = ""],
  ["InvalidName classes[0].key", (p) => p.classes[0]!.key = "a/b"],
  ["InvalidName classes[0].key", (p) => p.classes[0]!.key = "Thumbnail"],
  ["InvalidName classes[0].key", (p) => p.classes[0]!.key = "a\u0000"],
  ["InvalidName classes[0].key", (p) => p.classes[0]!.key = "a."],
  ["InvalidName classes[0].key", (p) => p.classes[0]!.key = long(254)],
  ["DuplicateClassKey classes[1].key", (p) => p.classes[1]!.key = "thumbnail"],
  ["EmptyField classes[0].name", (p) => p.classes[0]!.name = ""],
  ["EmptyField classes[0].package", (p) => p.classes[0]!.package = ""],
  ["PackageMismatch classes[0].package", (p) => p.classes[0]!.package = "image"],
  ["PackageMismatch classes[0].package", (p) => p.classes[0]!.package = "Not a name"],
  ["EmptyFunctionBindings classes[0].functions", (p) => p.classes[0]!.functions = []],
  [
    "EmptyField classes[0].functions[1].function_key",
    (p) => p.classes[0]!.functions[1]!.functionKey = "",
  ],
  [
    "InvalidName classes[0].functions[1].function_key",
    (p) => p.classes[0]!.functions[1]!.functionKey = "a/b/c",
  ],
  [
    "InvalidName classes[0].functions[1].function_key",
    (p) => p.classes[0]!.functions[1]!.functionKey = "storage/",
  ],
  [
    "UnknownFunction classes[0].functions[1].function_key",
    (p) => p.classes[0]!.functions[1]!.functionKey = "rotate",
  ],
  [
    "UnknownFunction classes[0].functions[1].function_key",
    (p) => p.classes[0]!.functions[1]!.functionKey = "video/cut",
  ],
  [
    "UnknownFunction classes[0].functions[1].function_key",
    (p) => p.classes[0]!.functions[1]!.functionKey = "images/resize",
  ],
  [
    "DuplicateBinding classes[0].functions[1].function_key",
    (p) => p.classes[0]!.functions[1]!.functionKey = "resize",
  ],
  [
    "InvalidStatus classes[0].functions[0].access_modifier",
    (p) => p.classes[0]!.functions[0]!.accessModifier = "PROTECTED",
  ],
  [
    "InvalidStatus classes[0].functions[0].access_modifier",
    (p) => p.classes[0]!.functions[0]!.accessModifier = "pr\u0131vate",
  ],
  ["EmptyField functions[1].key", (p) => p.functions[1]!.key = ""],
  ["InvalidName functions[1].key", (p) => p.functions[1]!.key = "crop square"],
  ["DuplicateFunctionKey functions[1].key", (p) => p.functions[1]!.key = "resize"],
  ["EmptyField functions[0].name", (p) => p.functions[0]!.name = ""],
  ["EmptyField functions[0].package", (p) => p.functions[0]!.package = ""],
  ["PackageMismatch functions[0].package", (p) => p.functions[0]!.package = "other"],
  ["EmptyField functions[0].runtime", (p) => p.functions[0]!.runtime = ""],
  ["EmptyField functions[0].handler", (p) => p.functions[0]!.handler = ""],
  [
    "InvalidResourceRequirement functions[0].metadata.resource_requirements.cpu_limit",
    (p) => p.functions[0]!.metadata!.resourceRequirements!.cpuLimit = "50m",
  ],
  ["EmptyDependencyName dependencies[1]", (p) => p.dependencies[1] = ""],
  ["InvalidName dependencies[1]", (p) => p.dependencies[1] = "auth_example"],
  ["OutOfRange metadata.created_at.nanos", (p) => p.metadata!.createdAt!.nanos = 1_000_000_000],
  ["OutOfRange metadata.created_at.nanos", (p) => p.metadata!.createdAt!.nanos = -1],
]);

/** A package name stands in every class and function too. */
function renamed(name: string): OPackage {
  const pkg = goodPackage();
  pkg.name = name;
  for (const part of [...pkg.classes, ...pkg.functions]) part.package = name;
  return pkg;
}

for (const name of ["a", "0", "a-b", "a.b-c.d0", long(63), `${long(63)}.${long(63)}`]) {
  Deno.test(`validate() accepts the package name ${name.slice(0, 20)} (${name.length})`, () => {
    assertEquals(issuesOf(OPackageSchema, renamed(name)), []);
  });
}

for (
  const name of [
    "Images",
    "a_b",
    "a/b",
    "-a",
    "a-",
    ".a",
    "a.",
    "a..b",
    "a.-b",
    "é",
    "a b",
    "a\n",
    long(64),
    `${long(63)}.${long(63)}.${long(63)}.${long(63)}`,
  ]
) {
  Deno.test(`validate() refuses the package name ${JSON.stringify(name).slice(0, 20)} (${name.length}) once`, () => {
    assertEquals(issuesOf(OPackageSchema, renamed(name)), ["InvalidName name"]);
  });
}

for (const key of ["a", "9", "cropToSquare", "a.b_c-d", "toJSON", long(253)]) {
  Deno.test(`validate() accepts the key ${key.slice(0, 20)} (${key.length})`, () => {
    const pkg = goodPackage();
    pkg.classes[0]!.key = key;
    pkg.functions[1]!.key = key;
    assertEquals(issuesOf(OPackageSchema, pkg), []);
  });
}

for (const version of ["1.0", "0.1", "1.2.3", "1.0.0-rc.1+build.5", "1.0.0-0a", "10.20.30"]) {
  Deno.test(`validate() accepts the version ${version}`, () => {
    const pkg = goodPackage();
    pkg.version = version;
    assertEquals(issuesOf(OPackageSchema, pkg), []);
  });
}

for (const modifier of ["", "PUBLIC", "public", "Internal", "pRIVATE"]) {
  Deno.test(`validate() accepts the access modifier "${modifier}"`, () => {
    const pkg = goodPackage();
    pkg.classes[0]!.functions[0]!.accessModifier = modifier;
    assertEquals(issuesOf(OPackageSchema, pkg), []);
  });
}

table(OClassDeploymentSchema, goodDeployment, [
  ["EmptyField key", (d) => d.key = ""],
  ["InvalidName key", (d) => d.key = "a/b"],
  ["EmptyField package_name", (d) => d.packageName = ""],
  ["InvalidName package_name", (d) => d.packageName = "Images"],
  ["EmptyField class_key", (d) => d.classKey = ""],
  ["InvalidName class_key", (d) => d.classKey = "a b"],
  ["EmptyField target_env", (d) => d.targetEnv = ""],
  ["InvalidName target_env", (d) => d.targetEnv = "a/b"],
  ["EmptyField target_clusters", (d) => d.targetClusters = []],
  ["EmptyField target_clusters[1]", (d) => d.targetClusters[1] = ""],
  ["InvalidName target_clusters[1]", (d) => d.targetClusters[1] = "eu/1"],
  [
    "InvalidNfrRequirement nfr_requirements.max_latency_ms",
    (d) => d.nfrRequirements!.maxLatencyMs = 0,
  ],
  [
    "InvalidNfrRequirement nfr_requirements.max_latency_ms",
    (d) => d.nfrRequirements!.maxLatencyMs = -5,
  ],
  [
    "InvalidNfrRequirement nfr_requirements.max_latency_ms",
    (d) => d.nfrRequirements!.maxLatencyMs = 1.5,
  ],
  [
    "InvalidNfrRequirement nfr_requirements.max_latency_ms",
    (d) => d.nfrRequirements!.maxLatencyMs = 2 ** 32,
  ],
  [
    "InvalidNfrRequirement nfr_requirements.min_throughput_rps",
    (d) => d.nfrRequirements!.minThroughputRps = 0,
  ],
  [
    "InvalidNfrRequirement nfr_requirements.availability",
    (d) => d.nfrRequirements!.availability = 1.01,
  ],
  [
    "InvalidNfrRequirement nfr_requirements.availability",
    (d) => d.nfrRequirements!.availability = NaN,
  ],
  [
    "InvalidNfrRequirement nfr_requirements.availability",
    (d) => d.nfrRequirements!.availability = Infinity,
  ],
  [
    "InvalidNfrRequirement nfr_requirements.cpu_utilization_target",
    (d) => d.nfrRequirements!.cpuUtilizationTarget = -0.1,
  ],
  ["EmptyField functions[0].function_key", (d) => d.functions[0]!.functionKey = ""],
  ["InvalidName functions[0].function_key", (d) => d.functions[0]!.functionKey = "/resize"],
  ["OutOfRange functions[0].replicas", (d) => d.functions[0]!.replicas = 0],
  ["OutOfRange functions[0].replicas", (d) => d.functions[0]!.replicas = -1],
  ["OutOfRange functions[0].replicas", (d) => d.functions[0]!.replicas = NaN],
  [
    "InvalidResourceRequirement functions[0].resource_requirements.cpu_request",
    (d) => d.functions[0]!.resourceRequirements!.cpuRequest = "much",
  ],
]);

table(DeploymentUnitSchema, goodUnit, [
  ["EmptyField id", (u) => u.id = ""],
  ["InvalidName id", (u) => u.id = "a\nb"],
  ["EmptyField package_name", (u) => u.packageName = ""],
  ["EmptyField class_key", (u) => u.classKey = ""],
  ["EmptyField target_cluster", (u) => u.targetCluster = ""],
  ["InvalidName target_cluster", (u) => u.targetCluster = "../x"],
  ["EmptyField target_env", (u) => u.targetEnv = ""],
  ["OutOfRange functions[0].replicas", (u) => u.functions[0]!.replicas = 0],
]);

table(RuntimeStateSchema, goodState, [
  ["EmptyField instance_id", (s) => s.instanceId = ""],
  ["InvalidName instance_id", (s) => s.instanceId = "a/b"],
  ["EmptyField deployment_id", (s) => s.deploymentId = ""],
  ["InvalidName deployment_id", (s) => s.deploymentId = "a b"],
  ["InvalidStatus status", (s) => s.status = ""],
  ["InvalidStatus status", (s) => s.status = "DEPLOYED"],
  [
    "InvalidResourceRequirement current_resources.memory_request",
    (s) => s.currentResources!.memoryRequest = "-1Mi",
  ],
]);

table(
  ResourceRequirementsSchema,
  () =>
    create(ResourceRequirementsSchema, {
      cpuRequest: "1000m",
      memoryRequest: "1Gi",
      cpuLimit: "1",
      memoryLimit: "1073741824",
    }),
  [
    ["InvalidResourceRequirement cpu_request", (r) => r.cpuRequest = "1 core"],
    ["InvalidResourceRequirement cpu_request", (r) => r.cpuRequest = "1Kb"],
    ["InvalidResourceRequirement cpu_request", (r) => r.cpuRequest = "-1"],
    ["InvalidResourceRequirement cpu_limit", (r) => r.cpuLimit = ""],
    ["InvalidResourceRequirement cpu_limit", (r) => r.cpuLimit = "999999u"],
    ["InvalidResourceRequirement memory_request", (r) => r.memoryRequest = "Mi"],
    ["InvalidResourceRequirement memory_limit", (r) => r.memoryLimit = "1G"],
    ["InvalidResourceRequirement memory_limit", (r) => r.memoryLimit = "x"],
  ],
);

Deno.test("validate() takes an empty request for one that is not stated", () => {
  const limits = create(ResourceRequirementsSchema, { cpuLimit: "1", memoryLimit: "1Mi" });
  assertEquals(issuesOf(ResourceRequirementsSchema, limits), []);
});

table(
  ReportStatusRequestSchema,
  () =>
    create(ReportStatusRequestSchema, {
      deploymentId: "3f0c",
      status: { deploymentId: "3f0c", status: "deployed" },
    }),
  [
    ["EmptyField deployment_id", (r) => r.deploymentId = ""],
    ["EmptyField status", (r) => r.status = undefined],
    ["InvalidStatus status.status", (r) => r.status!.status = "RUNNING"],
    ["InvalidStatus status.status", (r) => r.status!.status = ""],
    ["InvalidName status.deployment_id", (r) => r.status!.deploymentId = "a/b"],
  ],
);

table(
  DeployClassRequestSchema,
  () =>
    create(DeployClassRequestSchema, {
      packageName: "images",
      classKey: "thumbnail",
      targetEnv: "staging",
      targetClusters: ["eu-1"],
    }),
  [
    ["EmptyField package_name", (r) => r.packageName = ""],
    ["EmptyField class_key", (r) => r.classKey = ""],
    ["EmptyField target_env", (r) => r.targetEnv = ""],
    ["EmptyField target_clusters[0]", (r) => r.targetClusters[0] = ""],
    [
      "InvalidNfrRequirement nfr_requirements.availability",
      (r) => r.nfrRequirements = create(NfrRequirementsSchema, { availability: 2 }),
    ],
  ],
);

table(
  ScaleDeploymentRequestSchema,
  () => create(ScaleDeploymentRequestSchema, { deploymentId: "3f0c", targetReplicas: 1 }),
  [
    ["EmptyField deployment_id", (r) => r.deploymentId = ""],
    ["OutOfRange target_replicas", (r) => r.targetReplicas = 0],
  ],
);

table(ListPackagesRequestSchema, () => create(ListPackagesRequestSchema, { limit: 10 }), [
  ["OutOfRange limit", (r) => r.limit = -1],
  ["OutOfRange offset", (r) => r.offset = 0.5],
]);

table(TimestampSchema, () => create(TimestampSchema, { seconds: -1n }), [
  ["OutOfRange seconds", (t) => t.seconds = 2n ** 63n],
]);

Deno.test("validate() accepts a filter by deployment that is left empty", () => {
  const request = create(ListActiveInstancesRequestSchema, { deploymentId: "" });
  assertEquals(issuesOf(ListActiveInstancesRequestSchema, request), []);
});

for (
  const schema of [CreatePackageRequestSchema, DeployRequestSchema, UpdateRuntimeStateRequestSchema]
) {
  Deno.test(`validate() ${schema.name} asks for the message it is made for`, () => {
    assertEquals(issuesOf(schema as DescMessage, create(schema as DescMessage)), [
      `EmptyField ${schema.fields[0]!.name}`,
    ]);
  });
}

Deno.test("validate() asks a request for the name of what it is about", () => {
  assertEquals(issuesOf(GetPackageRequestSchema, create(GetPackageRequestSchema)), [
    "EmptyField name",
  ]);
});

Deno.test("validate() checks parts that stand alone without their package", () => {
  const pkg = goodPackage();
  pkg.classes[0]!.functions[1]!.functionKey = "unknown/put";
  assertEquals(issuesOf(OClassSchema, pkg.classes[0]!), []);
  assertEquals(issuesOf(OFunctionSchema, pkg.functions[0]!), []);
  assertEquals(issuesOf(FunctionBindingSchema, pkg.classes[0]!.functions[0]!), []);
  pkg.classes[0]!.package = "Not a name";
  assertEquals(issuesOf(OClassSchema, pkg.classes[0]!), ["InvalidName package"]);
  const status = create(DeploymentStatusSchema, { status: "PENDING" });
  assertEquals(issuesOf(DeploymentStatusSchema, status), []);
});

Deno.test("validate() reaches a message from any parent", () => {
  const pkg = goodPackage();
  pkg.classes[0]!.key = "";
  pkg.classes[1]!.functions[0]!.functionKey = "rotate";
  const expected = [
    "EmptyClassKey classes[0].key",
    "UnknownFunction classes[1].functions[0].function_key",
  ];
  const below = (parent: string) => expected.map((it) => it.replace(" ", ` ${parent}.`));
  assertEquals(
    issuesOf(CreatePackageRequestSchema, create(CreatePackageRequestSchema, { package: pkg })),
    below("package"),
  );
  const packages = [goodPackage(), pkg, goodPackage()];
  assertEquals(
    issuesOf(ListPackagesResponseSchema, create(ListPackagesResponseSchema, { packages })),
    below("packages[1]"),
  );
  const deployment = goodDeployment();
  deployment.targetClusters = [];
  assertEquals(
    issuesOf(
      GetDeploymentStatusResponseSchema,
      create(GetDeploymentStatusResponseSchema, { deployment }),
    ),
    ["EmptyField deployment.target_clusters"],
  );
});

Deno.test("validate() tells all issues at once in document order", () => {
  const pkg = goodPackage();
  pkg.name = "";
  pkg.version = "one";
  pkg.classes[1]!.key = "thumbnail";
  pkg.classes[1]!.functions = [];
  pkg.functions[1]!.runtime = "";
  pkg.dependencies[1] = "";
  assertEquals(issuesOf(OPackageSchema, pkg), [
    "EmptyPackageName name",
    "InvalidVersion version",
    "DuplicateClassKey classes[1].key",
    "EmptyFunctionBindings classes[1].functions",
    "EmptyField functions[1].runtime",
    "EmptyDependencyName dependencies[1]",
  ]);
});

Deno.test("validate() finds duplicates and unknown functions in long lists too", () => {
  const pkg = goodPackage();
  const binding = (functionKey: string) => create(FunctionBindingSchema, { functionKey });
  for (let i = 0; i < 40; i++) {
    pkg.functions.push({ ...pkg.functions[0]!, key: `f${i}` });
    pkg.classes.push({ ...pkg.classes[1]!, key: `c${i}` });
    pkg.dependencies.push(`d${i}`);
    pkg.classes[0]!.functions.push(binding(`f${i}`));
  }
  assertEquals(issuesOf(OPackageSchema, pkg), []);
  pkg.functions.push({ ...pkg.functions[0]!, key: "f7" });
  pkg.classes.push({ ...pkg.classes[1]!, key: "c7" });
  pkg.classes[0]!.functions.push(
    binding("f7"),
    binding("none"),
    binding("d7/x"),
    binding("none/x"),
  );
  assertEquals(issuesOf(OPackageSchema, pkg), [
    "DuplicateBinding classes[0].functions[42].function_key",
    "UnknownFunction classes[0].functions[43].function_key",
    "UnknownFunction classes[0].functions[45].function_key",
    "DuplicateClassKey classes[42].key",
    "DuplicateFunctionKey functions[42].key",
  ]);
});

Deno.test("validate() reports a wrong key where it is declared, not where it is bound", () => {
  const pkg = goodPackage();
  pkg.functions[0]!.key = "Resize it";
  for (const cls of pkg.classes) cls.functions[0]!.functionKey = "Resize it";
  assertEquals(issuesOf(OPackageSchema, pkg), ["InvalidName functions[0].key"]);
});

Deno.test("validate() names in the message what is wrong, where, and what would be right", () => {
  const pkg = goodPackage();
  pkg.classes[1]!.package = "image";
  assertEquals(
    validate(OPackageSchema, pkg)[0]!.message,
    'classes[1].package is "image", but the package that holds it is "images": expected "images"',
  );
});

Deno.test("validate() cuts long values in messages", () => {
  const pkg = goodPackage();
  pkg.version = "x".repeat(1_000_000);
  const { message } = validate(OPackageSchema, pkg)[0]!;
  assertEquals(message.length < 300, true);
  assertStringIncludes(message, "(1000000 characters)");
});

Deno.test("validate() keeps a bounded number of issues", () => {
  const pkg = goodPackage();
  pkg.dependencies = new Array(100_000).fill("");
  assertEquals(validate(OPackageSchema, pkg).length, 10_000);
});

Deno.test("validate() reports values of wrong types instead of failing", () => {
  // deno-lint-ignore no-explicit-any
  const loose = (value: unknown) => value as any;
  assertEquals(issuesOf(OPackageSchema, loose(null)), ["InvalidType "]);
  assertEquals(issuesOf(OPackageSchema, loose([])), ["InvalidType "]);
  assertEquals(issuesOf(OPackageSchema, loose(goodPackage().classes[0])), ["InvalidType "]);
  const pkg = loose(goodPackage());
  pkg.name = 7;
  pkg.version = {};
  pkg.classes[0] = null;
  pkg.classes[1].functions = "resize";
  pkg.functions[0].metadata = "none";
  pkg.dependencies[1] = 4;
  pkg.metadata.author = "\ud800";
  pkg.metadata.tags = undefined;
  pkg.metadata.createdAt.seconds = 5;
  pkg.disabled = "no";
  assertEquals(issuesOf(OPackageSchema, pkg), [
    "InvalidType name",
    "InvalidType version",
    "InvalidType classes[0]",
    "InvalidType classes[1].functions",
    "InvalidType functions[0].metadata",
    "InvalidType dependencies[1]",
    "InvalidType metadata.author",
    "InvalidType metadata.tags",
    "InvalidType metadata.created_at.seconds",
    "InvalidType disabled",
  ]);
  const state = loose(goodState());
  state.metadata = { "\udc00": "a" };
  assertEquals(validate(RuntimeStateSchema, state).map(({ code }) => code), ["InvalidType"]);
  state.metadata = { a: 1 };
  assertEquals(issuesOf(RuntimeStateSchema, state), ["InvalidType metadata.a"]);
  state.metadata = [];
  assertEquals(issuesOf(RuntimeStateSchema, state), ["InvalidType metadata"]);
});

Deno.test("validate() bears every message of the contract with nothing in it", () => {
  for (const schema of allMessages) {
    for (const { path } of validate(schema, create(schema))) {
      assertEquals(path === "", false, schema.typeName);
    }
  }
});

Deno.test("validate() doesn't change the message", () => {
  const pkg = goodPackage();
  pkg.classes[0]!.functions[0]!.accessModifier = "public";
  const before = structuredClone(pkg);
  validate(OPackageSchema, pkg);
  assertEquals(pkg, before as OPackage);
});

Deno.test("assertValid() accepts what is right and throws all issues of what is not", () => {
  assertValid(OPackageSchema, goodPackage());
  const pkg = goodPackage();
  pkg.name = "";
  pkg.functions[0]!.handler = "";
  const error = assertThrows(() => assertValid(OPackageSchema, pkg), ValidationError);
  assertEquals(error.issues, validate(OPackageSchema, pkg));
  assertEquals(error.issues.length, 2);
});
