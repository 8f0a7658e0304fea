/** Runs apart: prints of a run that is large enough for threads, with so many of them, and how many workers it started. */
import { setImmediate } from "node:timers/promises";
import { answer, task } from "./apart.ts";
import { printLargeRun } from "./large-run.ts";

export interface ThreadsReport {
  readonly hash: string;
  readonly workers: number;
}

await setImmediate(); // newer Nodes announce late the worker that loads TypeScript for this thread
let workers = 0;
process.on("worker", () => workers++);
const hash = await printLargeRun(task<number>());
answer({ hash, workers } satisfies ThreadsReport);
