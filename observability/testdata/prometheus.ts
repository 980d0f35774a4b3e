/** A Prometheus for tests: on a free port, with its data in a temporary folder. */

/** What to scrape, and with which rules. */
export interface PrometheusOptions {
  readonly targets: readonly string[];
  /** The text of a rules file. */
  readonly rules?: string;
}

/** One series and its value. */
export interface Value {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A running Prometheus. */
export interface Prometheus extends AsyncDisposable {
  readonly url: string;
  /** The first series of a query's answer, once there is one, of this value if one is given. */
  value(query: string, expected?: number): Promise<Value>;
  /** Exemplars of a query, once there are some. */
  exemplars(query: string): Promise<{ labels: Record<string, string>; value: string }[]>;
}

const TRIES = 300;

function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  listener.close();
  return listener.addr.port;
}

/** Starts it and waits until it answers. */
export async function startPrometheus(
  command: string,
  { targets, rules }: PrometheusOptions,
): Promise<Prometheus> {
  const folder = await Deno.makeTempDir();
  const port = freePort();
  const url = `http://127.0.0.1:${port}`;
  if (rules !== undefined) await Deno.writeTextFile(`${folder}/rules.yml`, rules);
  await Deno.writeTextFile(
    `${folder}/prometheus.yml`,
    JSON.stringify({
      global: { scrape_interval: "200ms", scrape_timeout: "200ms", evaluation_interval: "200ms" },
      rule_files: rules === undefined ? [] : ["rules.yml"],
      scrape_configs: [{ job_name: "test", static_configs: [{ targets }] }],
    }),
  );
  const child = new Deno.Command(command, {
    args: [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--enable-feature=exemplar-storage",
      "--log.level=error",
    ],
    stdout: "null",
    stderr: "null",
  }).spawn();

  async function ask<T>(path: string, found: (data: never) => T | undefined): Promise<T> {
    let last = "nothing";
    for (let i = 0; i < TRIES; i++) {
      try {
        const response = await fetch(`${url}${path}`);
        last = await response.text();
        const answer = response.ok ? found(JSON.parse(last).data as never) : undefined;
        if (answer !== undefined) return answer;
      } catch (error) {
        last = String(error);
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`Prometheus answered ${path} with ${last}`);
  }

  return {
    url,
    value: (query, expected) =>
      ask(
        `/api/v1/query?query=${encodeURIComponent(query)}`,
        ({ result: [first] }: {
          result: { metric: Record<string, string>; value: [number, string] }[];
        }) => {
          const value = Number(first?.value[1]);
          const right = first !== undefined && (expected === undefined || value === expected);
          return right ? { labels: first.metric, value } : undefined;
        },
      ),
    exemplars: (query) =>
      ask(
        `/api/v1/query_exemplars?query=${query}&start=0&end=9999999999`,
        ([first]: { exemplars: { labels: Record<string, string>; value: string }[] }[]) =>
          first?.exemplars,
      ),
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.status;
      await Deno.remove(folder, { recursive: true });
    },
  };
}
