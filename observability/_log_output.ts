import { BufferedWriter, type Line } from "./_buffered_writer.ts";
import { nextTurn, writeStderr } from "./_runtime.ts";
import { onExit } from "./_runtime_exit.ts";
import { type LogThread, startLogThread } from "./_runtime_log_thread.ts";

/** Where lines go. */
export interface LogOutput {
  /** Takes a line; an urgent one is written at once. May throw. */
  write(line: Line, urgent: boolean): void;
  /** Lines that were taken and then not written, so far. */
  readonly lost: number;
  /** Writes what waits, and gives back what is held. */
  end(): Promise<void>;
}

/** How long the end of the process waits for a reader. */
const LAST_WAIT_MS = 2_000;

/** Each line is written before `write` returns. */
export function directOutput(write: (line: string) => void): LogOutput {
  return {
    write: (line) => write(typeof line === "string" ? line : line()),
    lost: 0,
    end: () => Promise.resolve(),
  };
}

/** The lines of a turn of the event loop are written together. */
export function bufferedOutput(): LogOutput {
  return buffered(writeStderr, () => {});
}

/** The same, by a thread that waits for a slow reader in place of this one. */
export function threadOutput(): LogOutput {
  const thread = startLogThread();
  return buffered((lines) => thread.write(lines), () => void thread.drain(LAST_WAIT_MS), thread);
}

function buffered(
  write: (lines: string) => void,
  drain: () => void,
  thread?: LogThread,
): LogOutput {
  let lost = 0;
  const writer = new BufferedWriter({ write, nextTurn, onLost: (lines) => lost += lines });
  const finish = (): void => {
    writer.flush();
    drain();
  };
  const cancel = onExit(finish);
  return {
    write: (line, urgent) => writer.write(line, urgent),
    get lost() {
      return lost + (thread?.failures ?? 0);
    },
    async end() {
      finish();
      cancel();
      await thread?.end();
    },
  };
}
