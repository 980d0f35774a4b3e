// Messages for the tests of this package; not published.
import { create, type MessageInitShape, type MessageShape } from "@bufbuild/protobuf";
import type { DescEnum, DescField, DescMessage } from "@bufbuild/protobuf";
import { ScalarType } from "@bufbuild/protobuf";
import { file_common } from "@oprc/proto/common";
import {
  DeploymentUnitSchema,
  file_deployment,
  type OClassDeployment,
  OClassDeploymentSchema,
} from "@oprc/proto/deployment";
import { file_health } from "@oprc/proto/health";
import { file_package, type OPackage, OPackageSchema } from "@oprc/proto/package";
import { file_runtime, RuntimeStateSchema } from "@oprc/proto/runtime";

/** Every message of the wire contract. */
export const allMessages: readonly DescMessage[] = [
  file_common,
  file_package,
  file_deployment,
  file_runtime,
  file_health,
].flatMap((file) => file.messages);

/** A package in which every field is stated and right. */
export function goodPackage(): OPackage {
  return create(OPackageSchema, {
    name: "images",
    version: "1.4.0",
    classes: [
      {
        key: "thumbnail",
        name: "Thumbnail",
        package: "images",
        functions: [
          { functionKey: "resize", accessModifier: "PUBLIC", parameters: ["width"] },
          { functionKey: "storage/put", accessModifier: "private" },
        ],
        stateSpec: { type: "Thumbnail", persistent: true, serializationFormat: "json" },
      },
      {
        key: "gallery",
        name: "Gallery",
        package: "images",
        functions: [{ functionKey: "resize" }],
      },
    ],
    functions: [
      {
        key: "resize",
        name: "Resize",
        package: "images",
        runtime: "deno",
        handler: "mod.ts#resize",
        metadata: {
          description: "Makes a small image of a large one",
          parameters: ["width"],
          returnType: "bytes",
          resourceRequirements: {
            cpuRequest: "100m",
            memoryRequest: "128Mi",
            cpuLimit: "0.5",
            memoryLimit: "1.5Gi",
          },
        },
      },
      {
        key: "cropToSquare",
        name: "Crop",
        package: "images",
        runtime: "deno",
        handler: "mod.ts#crop",
      },
    ],
    dependencies: ["storage", "auth.example"],
    metadata: {
      author: "Ada",
      description: "Images",
      tags: ["image"],
      createdAt: { seconds: 1_700_000_000n, nanos: 5 },
    },
  });
}

/** A deployment in which everything is right. */
export function goodDeployment(): OClassDeployment {
  return create(OClassDeploymentSchema, {
    key: "images.thumbnail.staging",
    packageName: "images",
    classKey: "thumbnail",
    targetEnv: "staging",
    targetClusters: ["eu-1", "us-1"],
    nfrRequirements: {
      maxLatencyMs: 100,
      minThroughputRps: 10,
      availability: 0.999,
      cpuUtilizationTarget: 0.5,
    },
    functions: [{
      functionKey: "resize",
      replicas: 2,
      resourceRequirements: { cpuRequest: "100m", memoryRequest: "64Mi" },
    }],
  });
}

/** A deployment unit in which everything is right. */
export function goodUnit(): MessageShape<typeof DeploymentUnitSchema> {
  return create(DeploymentUnitSchema, {
    id: "3f0c",
    packageName: "images",
    classKey: "thumbnail",
    targetCluster: "eu-1",
    targetEnv: "staging",
    functions: [{ functionKey: "storage/put", replicas: 1 }],
  });
}

/** A runtime state in which everything is right. */
export function goodState(): MessageShape<typeof RuntimeStateSchema> {
  return create(RuntimeStateSchema, {
    instanceId: "3f0c-0",
    deploymentId: "3f0c",
    status: "RUNNING",
    currentResources: { cpuRequest: "20m", memoryRequest: "12Mi" },
    lastHeartbeat: { seconds: 1n },
    metadata: { function: "resize", "a key of any kind/": "" },
  });
}

/** A generator of numbers from 0 to below 1, the same for a seed at each run (mulberry32). */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

// Texts that a reader of JSON or YAML may take for something else.
const TEXTS = [
  "",
  " ",
  "a",
  "~",
  "null",
  "true",
  "no",
  "1.0",
  "1e3",
  "0x1f",
  "0o7",
  "1_000",
  "-",
  "- a",
  "? a",
  "a: b",
  "# a",
  "a #b",
  "'",
  '"',
  "a\nb",
  "a\n\nb\n",
  "\n",
  " a\n  b",
  "trailing ",
  "\ttab",
  "2026-01-01",
  "2026-01-01T00:00:00Z",
  "12:30:00",
  "é ü 漢字 🎉",
  "\u0000\u0007\u001b\u007f\u0085\u2028\ufeff",
  "{a}",
  "[a]",
  "&a",
  "*a",
  "!a",
  "%a",
  "@a",
  "`a`",
  "<<",
  "---",
  "...",
  "long ".repeat(60),
  "__proto__ ",
];

/** A message with random content; all of it fits its types, little of it keeps the rules. */
export function randomMessage(schema: DescMessage, next: () => number): unknown {
  const init: Record<string, unknown> = {};
  for (const field of schema.fields) {
    if (next() < 0.25) continue;
    init[field.localName] = randomField(field, next);
  }
  return create(schema, init as MessageInitShape<DescMessage>);
}

function randomField(field: DescField, next: () => number): unknown {
  const count = Math.floor(next() * 4);
  switch (field.fieldKind) {
    case "list":
      return Array.from({ length: count }, () => randomValue(field, next));
    case "map":
      return Object.fromEntries(
        Array.from({ length: count }, () => [pick(TEXTS, next), randomValue(field, next)]),
      );
    default:
      return randomValue(field, next);
  }
}

function randomValue(
  field: { message?: DescMessage; enum?: DescEnum; scalar?: ScalarType },
  next: () => number,
): unknown {
  if (field.message !== undefined) return randomMessage(field.message, next);
  if (field.enum !== undefined) return pick(field.enum.values, next).number;
  switch (field.scalar) {
    case ScalarType.STRING:
      return pick(TEXTS, next);
    case ScalarType.BOOL:
      return next() < 0.5;
    case ScalarType.DOUBLE:
      return pick([0, 1, -1, 0.1, 1e300, 5e-324, NaN, Infinity, -Infinity], next);
    case ScalarType.UINT32:
      return pick([0, 1, 4_294_967_295], next);
    case ScalarType.INT32:
      return pick([0, -1, 2_147_483_647, -2_147_483_648], next);
    case ScalarType.INT64:
      return pick([0n, -1n, 9_007_199_254_740_993n, 2n ** 63n - 1n, -(2n ** 63n)], next);
    default:
      throw new Error(`no random value for scalar type ${field.scalar}`);
  }
}

function pick<T>(list: readonly T[], next: () => number): T {
  return list[Math.floor(next() * list.length)]!;
}
