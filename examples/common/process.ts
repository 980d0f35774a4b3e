/** Runs a service as a process of its own, for the demo and for tests. */

/** How to start a service. */
export interface ProcessOptions {
  /** The service's folder under `examples/`. */
  readonly service: "package_manager" | "class_runtime_manager";
  /** Working directory; where relative paths of the configuration lead. */
  readonly cwd: string;
  /** Values for `--set`. Ports that aren't among them are free ones. */
  readonly set?: Readonly<Record<string, string | number>>;
  /** Further arguments. */
  readonly args?: readonly string[];
  /** OAAS_* variables; those of this process are not passed on. */
  readonly env?: Readonly<Record<string, string>>;
  /** @default the service's own `config/` */
  readonly configDir?: string;
}

/** A service that runs. */
export interface ServiceProcess extends AsyncDisposable {
  /** Where it answers gRPC, gRPC-Web and Connect. */
  readonly url: string;
  /** Where it answers /metrics and health checks. */
  readonly metricsUrl: string;
  readonly pid: number;
  /** What it has logged so far. */
  readonly log: () => string;
  /** Sends SIGTERM (or another signal), and returns the exit code when it is gone. */
  stop(signal?: Deno.Signal): Promise<number>;
}

/** Ended before it listened; `message` holds what it said. */
export class StartError extends Error {
  readonly code: number;

  constructor(code: number, said: string) {
    super(said.trim());
    this.name = "StartError";
    this.code = code;
  }
}

/** Starts a service, and returns when it listens. */
export async function startProcess(options: ProcessOptions): Promise<ServiceProcess> {
  const folder = new URL(`../${options.service}/`, import.meta.url);
  const env = Object.fromEntries(
    Object.entries(Deno.env.toObject()).filter(([name]) => !name.startsWith("OAAS_")),
  );
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      new URL("main.ts", folder).href,
      ...Object.entries(options.set ?? {}).flatMap((
        [path, value],
      ) => ["--set", `${path}=${value}`]),
      ...options.args ?? [],
      ...options.set?.["server.port"] === undefined ? ["--port", "0"] : [],
      ...options.set?.["observability.metrics_port"] === undefined ? ["--metrics-port", "0"] : [],
    ],
    cwd: options.cwd,
    clearEnv: true,
    env: {
      ...env,
      OAAS_CONFIG_DIR: options.configDir ?? decodeURIComponent(new URL("config", folder).pathname),
      ...options.env,
    },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();

  let said = "";
  let logged = "";
  const addresses: string[] = [];
  let listening = (_started: boolean) => {};
  const started = new Promise<boolean>((resolve) => listening = resolve);
  const reading = Promise.all([
    eachChunk(child.stdout, (chunk) => {
      said += chunk;
      for (const [, address] of said.matchAll(/(?:listens on |http:\/\/)([^\s/]+:\d+)(?=[\s/])/g)) {
        if (!addresses.includes(address!)) addresses.push(address!);
      }
      if (addresses.length === 2) listening(true);
    }),
    eachChunk(child.stderr, (chunk) => logged += chunk),
  ]).then(() => listening(false));

  const ended = child.status.then(async ({ code }) => {
    await reading;
    return code;
  });
  if (!await started) throw new StartError(await ended, said + logged);
  const stop = async (signal: Deno.Signal = "SIGTERM") => {
    try {
      child.kill(signal);
    } catch (error) {
      // It has ended already.
      if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
    }
    return await ended;
  };
  return {
    url: `http://${addresses[0]}`,
    metricsUrl: `http://${addresses[1]}`,
    pid: child.pid,
    log: () => logged,
    stop,
    async [Symbol.asyncDispose]() {
      await stop("SIGKILL");
    },
  };
}

async function eachChunk(
  stream: ReadableStream<Uint8Array>,
  use: (chunk: string) => void,
): Promise<void> {
  for await (const chunk of stream.pipeThrough(new TextDecoderStream())) use(chunk);
}

/** A port that nothing listens on at present. */
export function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return port;
}
