type Register = (name: string, run: () => Promise<void>) => void;

interface Runtimes {
  Deno?: { test?: Register };
  process?: { getBuiltinModule?: (id: string) => { test: Register } | undefined };
}

/** The test function of the runtime: `Deno.test`, or that of `node:test`. */
export function runtimeTest(): Register {
  const { Deno, process } = globalThis as Runtimes;
  // On Node it returns a promise, which the runner itself awaits.
  const test = Deno?.test ?? process?.getBuiltinModule?.("node:test")?.test;
  if (test) return (name, run) => void test(name, run);
  throw new TypeError("Cannot register tests: this runtime has no test function, pass one as test");
}
