/** Runs apart: prints of a run that is large enough for threads, with so many of them, and how many workers it started. */
import { answer, task } from "./apart.ts";
import { printLargeRun } from "./large-run.ts";

export interface ThreadsReport {
  readonly hash: string;
  readonly workers: number;
}

let workers = 0;
process.on("worker", () => workers++);
const hash = await printLargeRun(task<number>());
answer({ hash, workers } satisfies ThreadsReport);
