/**
 * The platform in ten seconds: packages are created, a wrong one is refused, a
 * class is deployed to two clusters and scaled, and a restart loses nothing.
 * Everything runs in a temporary folder that is removed at the end.
 */
import { Code, ConnectError } from "@connectrpc/connect";
import { validationIssuesOf } from "@oprc/grpc";
import { fromTimestamp, fromYaml } from "@oprc/models";
import { DeployClassRequestSchema, OPackageSchema } from "@oprc/proto/package";
import { PackageFileError, readPackageFile } from "../common/package_files.ts";
import { CLUSTERS, DemoPlatform } from "./platform.ts";
import { dim, green, heading, line, red, table } from "./print.ts";

const packageFiles = ["record_store", "image_pipeline", "video_transcoder", "iot_sensor"];
const examples = new URL("../", import.meta.url);

async function demo(platform: DemoPlatform): Promise<void> {
  const { packages, deployments } = platform;

  heading("Packages, created over gRPC");
  for (const name of packageFiles) {
    const pkg = await readPackageFile(new URL(`packages/${name}.yaml`, examples));
    await packages.createPackage(pkg);
    line(`packages/${name}.yaml is stored as ${pkg.name}`);
  }

  heading("A package that is wrong in six ways");
  await showWrongPackage(platform);

  heading("Class thermometer, deployed to two clusters with what it must achieve");
  const request = await fromYaml(
    DeployClassRequestSchema,
    await Deno.readTextFile(new URL("deployments/thermometer.yaml", examples)),
  );
  const thermometers = await packages.deployClass(request);
  const videos = await packages.deployClass({
    packageName: "video",
    classKey: "video",
    targetEnv: "staging",
    targetClusters: ["eu-west"],
  });
  await settled(platform, [thermometers, videos]);
  line(`deployments/thermometer.yaml runs as ${thermometers}`);
  line(`class video of package video runs as ${videos}`);

  heading("Scaled to three instances of each function");
  await deployments.scaleDeployment(thermometers, 3);
  await settled(platform, [thermometers]);
  line((await deployments.getDeploymentStatus(thermometers))!.message);

  heading("A package in use can't be deleted");
  const refusal = await packages.deletePackage("images").then(() => undefined, ConnectError.from);
  if (refusal?.code !== Code.FailedPrecondition) throw new Error("images was deleted under video");
  line(refusal.rawMessage);

  const before = await overview(platform, [thermometers, videos], true);

  heading("The Package Manager is stopped and started again");
  await platform.restartManager();
  await settled(platform, [thermometers, videos]);
  const after = await overview(platform, [thermometers, videos], false);
  if (after !== before) throw new Error(`not what it was:\n${before}\nis now\n${after}`);
  line(green("nothing is lost: packages, deployments, mappings and instances are as before"));
}

/** Shows the issues twice: found in the file, with positions, and answered by the server. */
async function showWrongPackage({ packages }: DemoPlatform): Promise<void> {
  const file = new URL("packages/wrong.yaml", examples);
  const found = await readPackageFile(file).then(() => undefined, (error: unknown) => error);
  if (!(found instanceof PackageFileError)) throw new Error("packages/wrong.yaml was accepted");
  line(found.message);

  const wrong = await fromYaml(OPackageSchema, await Deno.readTextFile(file), { validate: false });
  const refusal = await packages.createPackage(wrong).then(() => undefined, ConnectError.from);
  const violations = refusal === undefined ? [] : validationIssuesOf(refusal);
  if (refusal?.code !== Code.InvalidArgument || violations.length !== 6) {
    throw new Error(`the server answered a wrong package with ${refusal?.message ?? "OK"}`);
  }
  line(`the server says the same: INVALID_ARGUMENT with ${violations.length} field violations`);
}

/** Waits until every cluster has reported these deployments as deployed. */
async function settled({ deployments }: DemoPlatform, keys: readonly string[]): Promise<void> {
  const deadline = Date.now() + 10_000;
  for (const key of keys) {
    for (;;) {
      const state = await deployments.getDeploymentStatus(key);
      const parts: string[] =
        state?.message.match(/\b(PENDING|IN_PROGRESS|SCALING|DEPLOYED|FAILED)\b/g) ??
          [];
      const targets = state?.deployment.targetClusters.length ?? 0;
      if (parts.length === targets && parts.every((part) => part === "DEPLOYED")) break;
      if (parts.includes("FAILED") || Date.now() > deadline) {
        throw new Error(`deployment ${key} did not settle: ${state?.message ?? "it is gone"}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** All that the platform holds, as text; printed as tables if asked. */
async function overview(
  { packages, deployments, clusters }: DemoPlatform,
  keys: readonly string[],
  print: boolean,
): Promise<string> {
  const sections: [string, string[], string[][]][] = [];

  const listed = await packages.listPackages();
  sections.push([
    `Packages (${listed.totalCount})`,
    ["name", "version", "classes", "functions", "depends on", "tags"],
    listed.packages.map((pkg) => [
      pkg.name,
      pkg.version ?? "",
      pkg.classes.map((c) => c.key).join(", "),
      String(pkg.functions.length),
      pkg.dependencies.join(", ") || "-",
      pkg.metadata?.tags.join(", ") ?? "",
    ]),
  ]);

  const states = await Promise.all(keys.map((key) => deployments.getDeploymentStatus(key)));
  sections.push([
    "Deployments",
    ["key", "environment", "latency", "availability", "replicas"],
    states.map((state) => {
      const { deployment } = state!;
      const nfr = deployment.nfrRequirements;
      return [
        deployment.key,
        deployment.targetEnv,
        nfr?.maxLatencyMs === undefined ? "-" : `${nfr.maxLatencyMs} ms`,
        String(nfr?.availability ?? "-"),
        deployment.functions.map((f) => `${f.functionKey} ${f.replicas}`).join(", "),
      ];
    }),
  ]);
  sections.push([
    "Mappings",
    ["deployment", "cluster", "status"],
    states.flatMap((state) =>
      state!.message.split(", ").map((part) => {
        const [cluster, ...status] = part.split(" ");
        return [state!.deployment.key, cluster!, status.join(" ")];
      })
    ),
  ]);

  const instances = await Promise.all(clusters.map(async ({ name, runtimes }) => {
    const { instances } = await runtimes.listActiveInstances({ limit: 1000 });
    return instances.map((instance) => ({ cluster: name, ...instance }));
  }));
  sections.push([
    "Instances",
    ["cluster", "instance", "status", "cpu", "memory", "alive"],
    instances.flat().map((state) => [
      state.cluster,
      state.instanceId,
      state.status,
      state.currentResources?.cpuRequest || "-",
      state.currentResources?.memoryRequest || "-",
      Date.now() - fromTimestamp(state.lastHeartbeat!).getTime() < 5000 ? "yes" : "no",
    ]),
  ]);

  if (print) {
    for (const [title, columns, rows] of sections) {
      heading(title);
      table(columns, rows);
    }
  }
  return JSON.stringify(sections, undefined, 1);
}

const began = performance.now();
let folder: string | undefined;
try {
  folder = await Deno.makeTempDir({ prefix: "oprc-demo-" });
  heading("A Package Manager on a Deno KV file, and a Class Runtime Manager for each cluster");
  await using platform = await DemoPlatform.start(folder);
  table(["service", "address", "metrics"], [
    ["package-manager", platform.manager.url, `${platform.manager.metricsUrl}/metrics`],
    ...platform.clusters.map(({ name, process }) => [
      `manager of ${name}`,
      process.url,
      `${process.metricsUrl}/metrics`,
    ]),
  ]);
  await demo(platform);
  await platform.shutdown();
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`\n${green("Done")} ${dim(`with ${CLUSTERS.length} clusters in ${seconds} s`)}`);
} catch (error) {
  console.error(`\n${red("The demo failed:")} ${error instanceof Error ? error.message : error}`);
  Deno.exitCode = 1;
} finally {
  if (folder !== undefined) await Deno.remove(folder, { recursive: true });
}
