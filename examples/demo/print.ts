/** What the demo prints: headings, lines and tables; in colour on a terminal only. */

const colours = Deno.stdout.isTerminal() && !Deno.noColor;

function paint(code: number, text: string): string {
  return colours ? `\x1b[${code}m${text}\x1b[0m` : text;
}

export const bold = (text: string): string => paint(1, text);
export const dim = (text: string): string => paint(2, text);
export const red = (text: string): string => paint(31, text);
export const green = (text: string): string => paint(32, text);

/** Starts a step of the demo. */
export function heading(text: string): void {
  console.log(`\n${bold(text)}`);
}

/** Says one thing under a heading. */
export function line(text: string): void {
  console.log(text.split("\n").map((part) => `  ${part}`).join("\n"));
}

/** Lays rows out in columns under their names. */
export function table(columns: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = columns.map((name, i) =>
    Math.max(name.length, ...rows.map((row) => row[i]?.length ?? 0))
  );
  const lay = (cells: readonly string[]) =>
    cells.map((cell, i) => cell.padEnd(widths[i]!)).join("  ").trimEnd();
  line(dim(lay(columns)));
  for (const row of rows) line(lay(row));
}
