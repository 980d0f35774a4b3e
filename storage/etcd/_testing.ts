import type { Peer } from "../../tests/_peers.ts";

/** Programs of Debian's package etcd-server, run on free ports and in folders of their own. */

async function find(): Promise<string | undefined> {
  try {
    const { success } = await new Deno.Command("etcd", { args: ["--version"] }).output();
    return success ? "etcd" : undefined;
  } catch {
    return undefined;
  }
}

/** Whether etcd is installed. */
export const etcdPeer: Peer<string> = { peer: "etcd (Debian: etcd-server)", found: await find() };

/** What a cluster is started with. */
export interface EtcdClusterOptions {
  /** @default {1} */
  readonly members?: number;
  /** Further arguments of every member. */
  readonly args?: readonly string[];
  /** Addresses that clients are told, and that members listen on, are `https:` then. */
  readonly tls?: boolean;
}

/**
 * Ports that are free. etcd can't take any free port by itself; these lie below those that
 * systems give to outgoing connections, so that nobody takes them before a member does.
 */
export function freePorts(count: number): number[] {
  const listeners: Deno.Listener[] = [];
  while (listeners.length < count) {
    const port = 10_000 + Math.floor(Math.random() * 20_000);
    try {
      listeners.push(Deno.listen({ hostname: "127.0.0.1", port }));
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
  const ports = listeners.map(({ addr }) => (addr as Deno.NetAddr).port);
  for (const listener of listeners) listener.close();
  return ports;
}

/** One member of a cluster. */
class Member {
  #process: Deno.ChildProcess | undefined;
  #output: Promise<void> | undefined;
  #said = "";

  constructor(readonly url: string, readonly args: readonly string[]) {}

  start(): void {
    const process = new Deno.Command("etcd", {
      args: [...this.args],
      stdout: "null",
      stderr: "piped",
      env: { ETCD_UNSUPPORTED_ARCH: Deno.build.arch === "aarch64" ? "arm64" : "" },
    }).spawn();
    this.#process = process;
    this.#output = (async () => {
      for await (const text of process.stderr.pipeThrough(new TextDecoderStream())) {
        this.#said = (this.#said + text).slice(-4000);
      }
    })();
  }

  signal(name: Deno.Signal): void {
    this.#process?.kill(name);
  }

  /** `kill -9`. */
  async kill(): Promise<void> {
    const process = this.#process;
    if (!process) return;
    this.#process = undefined;
    process.kill("SIGKILL");
    await process.status;
    await this.#output;
  }

  get said(): string {
    return this.#said;
  }
}

/** A cluster of etcd. */
export interface EtcdCluster extends AsyncDisposable {
  readonly endpoints: readonly string[];
  /** Runs `etcdctl`-like calls over the JSON gateway of a member. */
  call(path: string, body: unknown, member?: number): Promise<Record<string, unknown>>;
  /** The number of the member that leads. */
  leader(): Promise<number>;
  /** `kill -9`. */
  kill(member: number): Promise<void>;
  signal(member: number, name: Deno.Signal): void;
  /** Starts a member again that was killed. */
  restart(member: number): void;
  /** Waits until a member answers as a part of a cluster that has a leader. */
  ready(member?: number): Promise<void>;
  /** Kills all members and removes their folders, without waiting. */
  abandon(): void;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Starts a cluster, and waits until it has a leader. */
export async function startEtcd(options: EtcdClusterOptions = {}): Promise<EtcdCluster> {
  const { members: count = 1, args = [], tls = false } = options;
  const folder = await Deno.makeTempDir({ prefix: "oprc-etcd-" });
  const ports = freePorts(count * 3);
  const scheme = tls ? "https" : "http";
  const peers = Array.from(
    { length: count },
    (_, i) => `m${i}=http://127.0.0.1:${ports[count + i]}`,
  );
  const gateways = Array.from({ length: count }, (_, i) => `http://127.0.0.1:${ports[i]}`);
  const members = gateways.map((_, i) => {
    const url = `${scheme}://127.0.0.1:${ports[i]}`;
    return new Member(url, [
      `--name=m${i}`,
      `--data-dir=${folder}/m${i}`,
      `--listen-client-urls=${url}`,
      `--advertise-client-urls=${url}`,
      `--listen-peer-urls=${peers[i]!.slice(3)}`,
      `--initial-advertise-peer-urls=${peers[i]!.slice(3)}`,
      `--initial-cluster=${peers.join(",")}`,
      "--initial-cluster-state=new",
      "--experimental-watch-progress-notify-interval=200ms",
      "--logger=zap",
      "--log-level=error",
      ...args,
    ]);
  });
  const cluster: EtcdCluster = {
    endpoints: members.map((member) => member.url),
    async call(path, body, member = 0) {
      const response = await fetch(`${gateways[member]}/v3/${path}`, {
        method: "POST",
        body: JSON.stringify(body),
      });
      const answer = await response.json() as Record<string, unknown>;
      if (!response.ok) throw new Error(`${path}: ${JSON.stringify(answer)}`);
      return answer;
    },
    async leader() {
      for (let attempt = 0; attempt < 200; attempt++) {
        for (const i of members.keys()) {
          const status = await cluster.call("maintenance/status", {}, i).catch(() => undefined);
          const { leader, header } =
            status as { leader?: string; header?: { member_id: string } } ??
              {};
          if (leader !== undefined && leader !== "0" && leader === header?.member_id) return i;
        }
        await pause(50);
      }
      throw new Error("the cluster has no leader");
    },
    kill: (member) => members[member]!.kill(),
    signal: (member, name) => members[member]!.signal(name),
    restart: (member) => members[member]!.start(),
    async ready(member = 0) {
      for (let attempt = 0; attempt < 300; attempt++) {
        try {
          await cluster.call("kv/range", { key: "AA==" }, member);
          return;
        } catch {
          await pause(50);
        }
      }
      throw new Error(`etcd does not start: ${members[member]!.said}`);
    },
    abandon() {
      for (const member of members) member.signal("SIGKILL");
      // What is being killed may still write.
      for (let attempt = 1;; attempt++) {
        try {
          return Deno.removeSync(folder, { recursive: true });
        } catch (error) {
          if (attempt === 1000) throw error;
        }
      }
    },
    async [Symbol.asyncDispose]() {
      for (const member of members) await member.kill();
      await Deno.remove(folder, { recursive: true });
    },
  };
  for (const member of members) member.start();
  if (!tls) {
    try {
      for (const i of members.keys()) await cluster.ready(i);
    } catch (error) {
      await cluster[Symbol.asyncDispose]();
      throw error;
    }
  }
  return cluster;
}

/** A cluster for all tests of a file, which no test's sanitizer sees begin or end. */
export async function clusterForFile(
  options: EtcdClusterOptions = {},
): Promise<EtcdCluster | undefined> {
  if (etcdPeer.found === undefined) return undefined;
  const cluster = await startEtcd(options);
  addEventListener("unload", () => cluster.abandon());
  return cluster;
}
