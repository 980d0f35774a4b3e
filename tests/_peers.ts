/** Tests that need a program which can't be fetched from npm. */

/** A peer, and what was found of it. */
export interface Peer<T> {
  /** What is needed, for the line that says it is missing. */
  readonly peer: string;
  readonly found: T | undefined;
}

/**
 * A test that needs a peer. Without it the test is skipped, and its name says
 * what is missing; where OPRC_REQUIRE_PEERS is set it fails.
 */
export function peerTest<T>(
  name: string,
  { peer, found }: Peer<T>,
  test: (found: T) => Promise<void>,
): void {
  const required = Deno.env.get("OPRC_REQUIRE_PEERS") === "1";
  if (found !== undefined) Deno.test(name, () => test(found));
  else if (required) {
    Deno.test(name, () => {
      throw new Error(`${peer} is not installed, and OPRC_REQUIRE_PEERS=1 asks for it`);
    });
  } else Deno.test.ignore(`${name} (skipped: needs ${peer})`, () => {});
}

/** What a program prints, or `undefined` if it is not installed or fails. */
export async function outputOf(command: string, ...args: string[]): Promise<string | undefined> {
  try {
    const { success, stdout } = await new Deno.Command(command, { args, stderr: "null" }).output();
    return success ? new TextDecoder().decode(stdout) : undefined;
  } catch {
    // Not there, or not allowed to be started.
    return undefined;
  }
}

/** The program's name if it is installed; what its `args` print does not matter. */
export async function installed(command: string, ...args: string[]): Promise<string | undefined> {
  return await outputOf(command, ...args) === undefined ? undefined : command;
}
