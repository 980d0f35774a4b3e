/**
 * Torments servers and clients for as long as asked for, on Deno and on Node where it is
 * installed, prints what came of it, and fails if a bar is broken:
 *
 *     deno run -A grpc/soak/chaos.ts --minutes 10
 *
 * First each scenario at full size beside a bare node:http2 server (its memory is what the
 * runtime itself keeps), then, for the rest of the time, all of them on one server in random
 * order, with a client whose calls must all be answered rightly.
 */
import { installedNode } from "../../tests/_node.ts";
import { figuresOf, preparePrograms, type Programs, type Runtime } from "./_programs.ts";
import { checkAlive, line, runScenario } from "./run.ts";
import { mib, onClients, onServers } from "./scenarios.ts";

const [flag, given] = Deno.args;
const minutes = flag === undefined ? 1 : flag === "--minutes" ? Number(given) : NaN;
if (!(minutes > 0)) {
  console.error("usage: chaos.ts [--minutes N]");
  Deno.exit(2);
}
const FULL = 10;
let broken = 0;

async function atFullSize(programs: Programs, runtime: Runtime): Promise<void> {
  for (const name of [...Object.keys(onServers), ...Object.keys(onClients)]) {
    for (const kind of name in onServers ? ["oprc", "bare"] as const : ["oprc"] as const) {
      const outcome = await runScenario(programs, name, {
        runtime,
        kind,
        scale: FULL,
        settleMs: 10_000,
      }).catch((error) => ({
        name,
        figures: {},
        rssBefore: 0,
        rssAfter: 0,
        faults: [String(error)],
      }));
      console.log(`${runtime} ${kind.padEnd(4)} ${line(outcome)}`);
      if (kind === "oprc" && outcome.faults.length > 0) broken++;
    }
  }
}

/** Codes that a client may see of a server that is under attack, but answers. */
const ALLOWED = new Set(["Unavailable", "ResourceExhausted"]);

async function chaos(programs: Programs, runtime: Runtime, ms: number): Promise<void> {
  const target = await programs.startTarget(runtime, "oprc");
  const run = (load: number, mode: string) =>
    figuresOf(programs.startLoad(runtime, [`l${mode}`, target.endpoint, String(load), mode]));
  await run(3000, "unary");
  const before = (await target.stat()).rss;
  const end = Date.now() + ms;
  const loads = Promise.all([run(ms, "u"), run(ms, "stream")]);
  let torments = 0;
  let peak = before;
  const scenarios = Object.entries(onServers);
  while (Date.now() < end && !target.died()) {
    const [, scenario] = scenarios[Math.floor(Math.random() * scenarios.length)]!;
    await scenario({ programs, runtime, target, scale: 1 });
    torments++;
    peak = Math.max(peak, (await target.stat()).rss);
  }
  const figures = await loads;
  let after = Infinity;
  for (let i = 0; i < 60 && after > before * 1.1 && !target.died(); i++) {
    after = Math.min(after, (await target.stat()).rss);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  const faults = target.died() ? ["the server died"] : await checkAlive(target);
  if (after > before * 1.5) faults.push(`memory ${mib(before)} → ${mib(after)} MiB`);
  let calls = 0;
  const codes: Record<string, number> = {};
  for (const load of figures) {
    calls += load.ok;
    if (load.mismatched > 0) faults.push(`${load.mismatched} wrong answers`);
    if (load.uncaught > 0) faults.push(`${load.uncaught} uncaught in the client`);
    for (const [code, count] of Object.entries(load.codes)) {
      codes[code] = (codes[code] ?? 0) + count;
      if (!ALLOWED.has(code)) faults.push(`${count} calls ended with ${code}`);
    }
  }
  console.log(
    `${runtime} chaos: ${torments} torments, ${calls} calls and streams answered, ` +
      `others ${JSON.stringify(codes)}; rss ${mib(before)} → ${mib(after)} MiB ` +
      `(${(after / before).toFixed(2)} ×, at most ${mib(peak)})` +
      (faults.length > 0 ? `; BROKEN: ${faults.join("; ")}` : ""),
  );
  if (faults.length > 0) broken++;
  await target.kill();
}

const runtimes: Runtime[] = await installedNode() ? ["deno", "node"] : ["deno"];
await using programs = await preparePrograms(runtimes);
const end = Date.now() + minutes * 60_000;
for (const runtime of runtimes) await atFullSize(programs, runtime);
const left = Math.max(10_000, (end - Date.now()) / runtimes.length);
for (const runtime of runtimes) await chaos(programs, runtime, left);
console.log(broken === 0 ? "all bars held" : `${broken} bars broken`);
if (broken > 0) Deno.exitCode = 1;
