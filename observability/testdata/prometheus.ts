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

/** How often it is started again where another program took its port first. */
const STARTS = 5;

/** Whatever is free now may be taken a moment later: Prometheus can't be given port 0. */
function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  listener.close();
  return listener.addr.port;
}

/** Starts the program on a free port, and again on another if that is in use; waits until it answers. */
async function startOnFreePort(
  command: string,
  args: readonly string[],
): Promise<{ url: string; end(): Promise<void> }> {
  for (let start = 1;; start++) {
    const port = freePort();
    const url = `http://127.0.0.1:${port}`;
    const child = new Deno.Command(command, {
      args: [...args, `--web.listen-address=127.0.0.1:${port}`],
      stdout: "null",
      stderr: "piped",
    }).spawn();
    let ended = false;
    child.status.then(() => ended = true);
    // Read as it comes, and to its end: it says why it ended, and holds the test up otherwise.
    const said = new Response(child.stderr).text();
    const end = async (): Promise<void> => {
      if (!ended) child.kill("SIGKILL");
      await Promise.all([child.status, said]);
    };
    for (let i = 0; i < TRIES && !ended; i++) {
      // Another program may answer on that port; then ours has ended, or is about to.
      if (await answers(`${url}/-/ready`) && !ended) return { url, end };
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await end();
    const why = await said;
    if (start === STARTS || !why.includes("address already in use")) {
      throw new Error(`Prometheus doesn't answer: ${why}`);
    }
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    // Who else has the port may take the connection and say nothing.
    const response = await fetch(url, { signal: AbortSignal.timeout(1_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

/** Starts it and waits until it answers. */
export async function startPrometheus(
  command: string,
  { targets, rules }: PrometheusOptions,
): Promise<Prometheus> {
  const folder = await Deno.makeTempDir();
  if (rules !== undefined) await Deno.writeTextFile(`${folder}/rules.yml`, rules);
  await Deno.writeTextFile(
    `${folder}/prometheus.yml`,
    JSON.stringify({
      global: { scrape_interval: "200ms", scrape_timeout: "200ms", evaluation_interval: "200ms" },
      rule_files: rules === undefined ? [] : ["rules.yml"],
      scrape_configs: [{ job_name: "test", static_configs: [{ targets }] }],
    }),
  );
  const { url, end } = await startOnFreePort(command, [
    `--config.file=${folder}/prometheus.yml`,
    `--storage.tsdb.path=${folder}/data`,
    "--enable-feature=exemplar-storage",
    "--log.level=error",
  ]);

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
      await end();
      await Deno.remove(folder, { recursive: true });
    },
  };
}
