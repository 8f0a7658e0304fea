#!/usr/bin/env node
/** The `marlstone` program: the command line on a real terminal, if this Node can run it. */
import { nodeProblem } from "../validation/node-version.ts";

const problem = nodeProblem(process.versions.node);
if (problem) {
  console.error(`error: ${problem}`);
  process.exit(2);
}
const [{ processTerminal }, { run }] = await Promise.all([
  import("./process-terminal.ts"),
  import("./run.ts"),
]);

process.exitCode = await run(process.argv.slice(2), processTerminal());
