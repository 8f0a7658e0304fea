#!/usr/bin/env node
/** The `marlstone` program: the command line on a real terminal, if this Node can run it. */
import { basename, relative, sep } from "node:path";
import { nodeProblem } from "../validation/node-version.ts";

const problem = nodeProblem(process.versions.node);
if (problem) {
  console.error(`error: ${problem}`);
  process.exit(2);
}
const { ExitCode, run } = await import("./run.ts");

// A reader that closes the pipe, such as `head`, has seen enough.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

process.exitCode = await run(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  interactive: process.stderr.isTTY === true,
  columns: process.stdout.columns ?? 100,
  command: startedAs(process.argv[1]),
  catchStop,
});

/** The first Ctrl-C (or SIGTERM) aborts the signal, the second ends the program at once. */
function catchStop(): AbortSignal {
  const stop = new AbortController();
  const onSignal = (): void => {
    if (stop.signal.aborted) process.exit(ExitCode.interrupted);
    stop.abort();
    process.stderr.write("\nFinishing this iteration; press Ctrl-C again to stop without saving it.\n");
  };
  for (const name of ["SIGINT", "SIGTERM"]) process.on(name, onSignal);
  return stop.signal;
}

/** What to type to start this program again from the same folder. */
function startedAs(script: string): string {
  if (script.split(sep).includes("node_modules")) return "npx marlstone";
  if (basename(script) === "marlstone") return "marlstone";
  return `node ${relative(process.cwd(), script)}`;
}
