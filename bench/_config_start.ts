/**
 * One start of a process: imports the module that is named, loads the
 * configuration of a folder, and prints the processor time of both in µs.
 */
interface Usage {
  readonly user: number;
  readonly system: number;
}
const scope = globalThis as unknown as {
  Deno?: { args: string[]; cpuUsage(): Usage };
  process: { argv: string[]; cpuUsage(): Usage };
};
// Naming `process` on Deno would load what only some contenders need.
const [module, dir] = scope.Deno?.args ?? scope.process.argv.slice(2);
const used = () => {
  const { user, system } = (scope.Deno ?? scope.process).cpuUsage();
  return user + system;
};
const began = used();
const { load } = await import(module!);
const imported = used();
await load(dir!);
console.log(`START ${imported - began} ${used() - imported}`);
