import { argumentsOf, fail, print, writeText } from "./_runtime.ts";

/** What the program writes. */
export interface Writers {
  dashboard(serviceName: string): Record<string, unknown>;
  rules(
    serviceName: string,
    options: { readonly availability?: number; readonly latencyMs?: number },
  ): string;
}

const USAGE = "Usage: dashboards <service name> [--out <folder>] [--availability <0 to 1>] " +
  "[--latency <milliseconds>]";

/** Writes both files for the service that the arguments name. */
export async function main({ dashboard, rules }: Writers): Promise<void> {
  try {
    const { serviceName, out, availability, latencyMs } = parse(argumentsOf());
    // A name may hold what a file name can't.
    const file = `${out}/${serviceName.replace(/[^\w.-]/g, "_")}`;
    const files = [
      [`${file}.dashboard.json`, `${JSON.stringify(dashboard(serviceName), undefined, 2)}\n`],
      [`${file}.rules.yml`, rules(serviceName, { availability, latencyMs })],
    ] as const;
    for (const [path, text] of files) {
      await writeText(path, text);
      print(path);
    }
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error));
  }
}

interface Arguments {
  readonly serviceName: string;
  readonly out: string;
  readonly availability?: number;
  readonly latencyMs?: number;
}

function parse(args: readonly string[]): Arguments {
  const options = new Map<string, string>();
  const names: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (!arg.startsWith("--")) names.push(arg);
    else {
      const value = args[++i];
      const known = ["--out", "--availability", "--latency"].includes(arg);
      if (!known || value === undefined) throw new TypeError(USAGE);
      options.set(arg, value);
    }
  }
  const [serviceName] = names;
  if (serviceName === undefined || names.length > 1) throw new TypeError(USAGE);
  const number = (name: string) => options.has(name) ? Number(options.get(name)) : undefined;
  return {
    serviceName,
    out: options.get("--out") ?? ".",
    availability: number("--availability"),
    latencyMs: number("--latency"),
  };
}
