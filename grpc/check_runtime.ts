import { denoVersion, judgeRuntime } from "./_runtime.ts";

/** Options of {@linkcode checkRuntime}. */
export interface CheckRuntimeOptions {
  /**
   * The Deno version to judge, such as `2.9.3`.
   *
   * @default {the running one}
   */
  readonly version?: string;
  /**
   * Goes on where the runtime is known to crash.
   *
   * @default {false}
   */
  readonly allowUnsafeRuntime?: boolean;
  /**
   * Receives the warning about a version that nobody has tried yet, once a
   * process for each version.
   *
   * @default {console.warn}
   */
  readonly warn?: (message: string) => void;
}

const warned = new Set<string>();

/**
 * Refuses runtimes on which HTTP/2 is known to corrupt memory or to crash, and
 * warns once about those that nobody has tried. {@linkcode serve} and every
 * client call it; a program that wants to fail before it opens its storage
 * calls it first.
 *
 * @throws {Error} on Deno 2.9.4 to 2.9.6 and before 2.8, unless
 * `allowUnsafeRuntime` is set; the message says which version to use.
 *
 * @example
 * ```ts
 * import { checkRuntime } from "@oprc/grpc";
 *
 * checkRuntime({ version: "2.9.3" });
 * ```
 */
export function checkRuntime(options: CheckRuntimeOptions = {}): void {
  const version = options.version ?? denoVersion();
  const verdict = judgeRuntime(version);
  if (verdict.kind === "fit") return;
  if (verdict.kind === "unsafe") {
    if (options.allowUnsafeRuntime) return;
    throw new Error(
      `Cannot run gRPC on Deno ${version}: ${verdict.why}, ` +
        `or pass allowUnsafeRuntime: true at your own risk`,
    );
  }
  if (warned.has(version!)) return;
  warned.add(version!);
  (options.warn ?? console.warn)(`gRPC on Deno ${version}: ${verdict.why}`);
}
