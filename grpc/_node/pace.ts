/** Gives what came to those who wait for it. */
export type Pace = (give: () => void) => void;

/**
 * Lets at most `group` answers of one turn of the event loop go on in it, the rest in the turns
 * that follow. Fifty answers come in one packet; were all read in one turn, the fifty
 * calls that follow on them would leave together after it, and the server would wait all
 * that time. So it answers the first while the client reads the rest.
 */
export function createPace(group: number): Pace {
  let given = 0;
  const waiting: (() => void)[] = [];
  function turn(): void {
    const now = waiting.splice(0, group);
    given = now.length;
    if (given > 0) setImmediate(turn);
    for (const give of now) give();
  }
  return (give) => {
    if (given === group) return void waiting.push(give);
    if (given++ === 0) setImmediate(turn);
    give();
  };
}
