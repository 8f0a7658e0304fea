#!/usr/bin/env node
/** The `marlstone` program. The first Ctrl-C finishes the iteration and saves, the second stops at once. */
import { basename, relative, sep } from "node:path";
import { run } from "./run.ts";

const stop = new AbortController();
process.on("SIGINT", () => {
  if (stop.signal.aborted) process.exit(130);
  stop.abort();
  process.stderr.write("\nFinishing this iteration; press Ctrl-C again to stop without saving it.\n");
});

/** A reader that closes the pipe, such as `head`, has seen enough. */
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

process.exitCode = await run(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  interactive: process.stderr.isTTY === true,
  columns: process.stdout.columns ?? 100,
  command: startedAs(process.argv[1]),
  signal: stop.signal,
});

/** What to type to start this program again from the same folder. */
function startedAs(script: string): string {
  if (script.split(sep).includes("node_modules")) return "npx marlstone";
  if (basename(script) === "marlstone") return "marlstone";
  return `node ${relative(process.cwd(), script)}`;
}
