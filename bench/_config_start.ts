/**
 * One start of a process: imports the module that is named, loads the
 * configuration of a folder, and prints how long both took.
 */
const scope = globalThis as unknown as {
  Deno?: { args: string[] };
  process?: { argv: string[] };
};
const [module, dir] = scope.Deno?.args ?? scope.process!.argv.slice(2);
const began = performance.now();
const { load } = await import(module!);
const imported = performance.now();
await load(dir!);
console.log(`START ${imported - began} ${performance.now() - imported}`);
