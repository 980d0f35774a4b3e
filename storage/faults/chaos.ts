/**
 * Runs the faults of the stores for as long as asked for, prints what came of each, and fails if
 * anything was lost, doubled or out of order, or a killed leader kept commits waiting for 4 s:
 *
 *     deno run -A storage/faults/chaos.ts --minutes 10
 */
import { etcdPeer } from "../etcd/_testing.ts";
import { line, NEVER } from "./_load.ts";
import { etcdFaults, type Fault, GAP_BARS_MS } from "./etcd_faults.ts";
import { kvFaults } from "./kv_faults.ts";

const [flag, given] = Deno.args;
const minutes = flag === undefined ? 1 : flag === "--minutes" ? Number(given) : NaN;
if (!(minutes > 0)) {
  console.error("usage: chaos.ts [--minutes N]");
  Deno.exit(2);
}
if (etcdPeer.found === undefined) console.log(`left out: those that need ${etcdPeer.peer}`);
const faults: (readonly [string, Fault])[] = [];
for (const [name, fault] of Object.entries(kvFaults)) {
  if (fault) faults.push([name, fault]);
  else console.log(`left out: ${name}, which takes rights or programs that aren't here`);
}
if (etcdPeer.found !== undefined) faults.push(...Object.entries(etcdFaults));
const ms = minutes * 60_000 / faults.length;
let bad = 0;
for (const [name, fault] of faults) {
  const end = Date.now() + ms;
  // Those that don't take their time are repeated.
  do {
    const figures = await fault(end - Date.now());
    const broken: string[] = NEVER.filter((figure) => figures[figure] > 0);
    // Only here: a test on a machine that is busy otherwise says nothing of time.
    if (figures.longestGapMs > (GAP_BARS_MS[name] ?? Infinity)) {
      broken.push(`a gap of more than ${GAP_BARS_MS[name]} ms`);
    }
    bad += broken.length;
    console.log(line(name, figures) + (broken.length > 0 ? ` BROKEN: ${broken.join(", ")}` : ""));
  } while (Date.now() < end);
}
console.log(bad === 0 ? "nothing lost, doubled or out of order" : `${bad} promises broken`);
if (bad > 0) Deno.exit(1);
