/**
 * The terminal of a process: where it writes, and what asks it to stop. A wish to stop is a signal or a reader that is
 * gone; a command that has work to save hears of it, any other just ends.
 */
import { basename, relative, sep } from "node:path";
import { ExitCode } from "./run.ts";
import type { Terminal } from "./terminal.ts";

/** What of a process is needed; a test gives its own. */
export type Host = Pick<
  NodeJS.Process,
  "argv" | "cwd" | "exit" | "kill" | "on" | "pid" | "removeAllListeners"
> & {
  readonly stdout: Stream;
  readonly stderr: Stream;
};
type Stream = Pick<NodeJS.WriteStream, "on" | "write"> & {
  readonly isTTY?: boolean;
  readonly columns?: number;
};

const STOPPING = "\nFinishing this iteration; press Ctrl-C again to stop without saving it.\n";
/** Shows the cursor and wraps lines, both of which a progress bar turns off. */
const RESTORE = "\x1b[?25h\x1b[?7h";

export function processTerminal(host: Host = process): Terminal {
  const { stdout, stderr } = host;
  let stop: AbortController | undefined;
  const ask = (message: string): void => {
    if (stop === undefined || stop.signal.aborted) return;
    stop.abort();
    stderr.write(message);
  };
  // A reader that closes the pipe, such as `head`, has seen enough.
  stdout.on("error", ({ code }: NodeJS.ErrnoException) => {
    if (stop === undefined) host.exit(code === "EPIPE" ? ExitCode.success : ExitCode.failure);
    ask("Nobody reads the output any more: finishing this iteration.\n");
  });
  // Nothing can be told here; the exit code still says how it went.
  stderr.on("error", () => ask(""));
  return {
    out: (text) => stdout.write(text),
    err: (text) => stderr.write(text),
    interactive: stderr.isTTY === true,
    columns: stdout.columns ?? stderr.columns ?? 100,
    command: startedAs(host),
    catchStop: () => {
      stop = new AbortController();
      listen(host, stop, ask);
      return stop.signal;
    },
  };
}

/** The first Ctrl-C, SIGTERM or hang-up asks to stop, the second of the former two ends the program at once. */
function listen(host: Host, stop: AbortController, ask: (message: string) => void): void {
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    host.on(name, () => {
      if (stop.signal.aborted) host.exit(ExitCode.interrupted);
      ask(STOPPING);
    });
  }
  let hungUp = false;
  host.on("SIGHUP", () => {
    // A shell that ends and the system may both say so: the second means no more than the first.
    hungUp = true;
    ask(STOPPING);
  });
  host.on("exit", () => {
    if (host.stderr.isTTY) host.stderr.write(RESTORE);
    if (hungUp) endHungUp(host);
  });
}

/** Ends by the signal, as other programs do: Node aborts when it cannot put back a terminal that is gone. */
function endHungUp(host: Host): void {
  host.removeAllListeners("SIGHUP");
  host.kill(host.pid, "SIGHUP");
}

/** What to type to start this program again from the same folder. */
function startedAs(host: Host): string {
  const script = host.argv[1];
  if (script.split(sep).includes("node_modules")) return "npx marlstone";
  if (basename(script) === "marlstone") return "marlstone";
  return `node ${relative(host.cwd(), script)}`;
}
