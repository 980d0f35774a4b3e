/** The arguments that every service takes. */

/** Arguments that no service takes; `message` says which, and what there is. */
export class ArgumentError extends Error {
  override readonly name = "ArgumentError";
}

/** What the arguments say. */
export interface ServiceArguments {
  /** For the configuration: `--set path=value`, and ports that are no 0. */
  readonly settings: readonly string[];
  /** Ports that the system is to choose, which no configuration can say. */
  readonly free: readonly ("port" | "metrics-port")[];
  /** Whether the usage is asked for. */
  readonly help: boolean;
}

export const USAGE = `Arguments:
  --set <path=value>   a setting above all others, such as storage.type=memory
  --port <n>           the same as --set server.port=<n>; 0 for any free port
  --metrics-port <n>   the same as --set observability.metrics_port=<n>; 0 for any free port
  --help               this text
The configuration is read from config/ of the working directory, or OAAS_CONFIG_DIR.`;

const PORTS = { "port": "server.port", "metrics-port": "observability.metrics_port" } as const;

/** Reads the arguments. */
export function parseArguments(args: readonly string[]): ServiceArguments {
  const settings: string[] = [];
  const free = new Set<keyof typeof PORTS>();
  let help = false;
  for (let at = 0; at < args.length; at++) {
    const [name, inline] = split(args[at]!);
    if (name === "--help") {
      help = true;
      continue;
    }
    if (name !== "--set" && name !== "--port" && name !== "--metrics-port") {
      throw new ArgumentError(
        `Cannot use the argument ${JSON.stringify(name)}: there are --set, --port, ` +
          "--metrics-port and --help",
      );
    }
    const value = inline ?? args[++at];
    if (value === undefined) throw new ArgumentError(`Cannot use ${name}: it needs a value`);
    if (name === "--set") {
      settings.push("--set", value);
      continue;
    }
    const port = name.slice(2) as keyof typeof PORTS;
    if (value === "0") free.add(port);
    else {
      free.delete(port);
      settings.push("--set", `${PORTS[port]}=${value}`);
    }
  }
  return { settings, free: [...free], help };
}

/** `--name=value` in its parts, of which only `--set` has more than one `=`. */
function split(arg: string): [name: string, inline: string | undefined] {
  const equals = arg.startsWith("--") ? arg.indexOf("=") : -1;
  return equals < 0 ? [arg, undefined] : [arg.slice(0, equals), arg.slice(equals + 1)];
}
