/** The platform that the demo runs: a Package Manager and a manager for each of two clusters. */
import { DeploymentClient, PackageClient, RuntimeClient } from "@oprc/grpc";
import { freePort, type ServiceProcess, startProcess } from "../common/process.ts";

export const CLUSTERS = ["eu-west", "us-east"] as const;

/** A cluster of the demo. */
export interface DemoCluster {
  readonly name: string;
  readonly process: ServiceProcess;
  readonly runtimes: RuntimeClient;
}

/** A platform of three processes in one folder. */
export class DemoPlatform implements AsyncDisposable {
  readonly packages: PackageClient;
  readonly deployments: DeploymentClient;
  readonly #start: () => Promise<ServiceProcess>;

  private constructor(
    readonly clusters: readonly DemoCluster[],
    public manager: ServiceProcess,
    start: () => Promise<ServiceProcess>,
  ) {
    this.packages = PackageClient.connect(manager.url);
    this.deployments = DeploymentClient.connect(manager.url);
    this.#start = start;
  }

  /** Starts everything in `folder`, on free ports. */
  static async start(folder: string): Promise<DemoPlatform> {
    // The clusters report to the Package Manager, and it deploys to them: one
    // address has to be known before its owner starts.
    const port = freePort();
    await using started = new AsyncDisposableStack();
    const clusters = await Promise.all(CLUSTERS.map(async (name): Promise<DemoCluster> => {
      const process = started.use(
        await startProcess({
          service: "class_runtime_manager",
          cwd: folder,
          set: {
            cluster: name,
            package_manager_url: `http://127.0.0.1:${port}`,
            heartbeat_ms: 500,
            "storage.path": `${folder}/${name}.kv`,
          },
        }),
      );
      return { name, process, runtimes: started.use(RuntimeClient.connect(process.url)) };
    }));
    const startManager = () =>
      startProcess({
        service: "package_manager",
        cwd: folder,
        set: {
          "server.port": port,
          "storage.path": `${folder}/package_manager.kv`,
        },
        env: {
          OAAS_CLUSTERS: JSON.stringify({
            ...Object.fromEntries(clusters.map((c) => [c.name, { url: c.process.url }])),
          }),
        },
      });
    const manager = started.use(await startManager());
    started.move();
    return new DemoPlatform(clusters, manager, startManager);
  }

  /** Ends the Package Manager as an operator would, and starts it again on the same file. */
  async restartManager(): Promise<void> {
    const code = await this.manager.stop("SIGTERM");
    if (code !== 0) {
      throw new Error(`the Package Manager ended with ${code}: ${this.manager.log()}`);
    }
    this.manager = await this.#start();
  }

  /** Ends all processes in order; each must end with 0. */
  async shutdown(): Promise<void> {
    await this.#closeClients();
    for (const { process } of [{ process: this.manager }, ...this.clusters]) {
      const code = await process.stop("SIGTERM");
      if (code !== 0) throw new Error(`a service ended with ${code}: ${process.log()}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#closeClients();
    await Promise.all(
      [this.manager, ...this.clusters.map((c) => c.process)].map((p) => p[Symbol.asyncDispose]()),
    );
  }

  async #closeClients(): Promise<void> {
    await this.packages.close();
    await this.deployments.close();
    for (const { runtimes } of this.clusters) await runtimes.close();
  }
}
