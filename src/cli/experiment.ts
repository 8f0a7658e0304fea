/** `marlstone experiment`: a grid of tasks, settings and seeds, from a file to a report. */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { type Cell, cellName } from "../experiments/experiment.ts";
import { findOtherRuns } from "../experiments/other-runs.ts";
import { type Plan, planExperiment } from "../experiments/plan.ts";
import {
  inspectExperiment,
  requireRunnable,
  runExperiment,
  threadsOfRun,
} from "../experiments/run-experiment.ts";
import { noteSteps } from "../experiments/step-notes.ts";
import { ExperimentProgress, noteOthers, noteStates } from "./experiment-progress.ts";
import { readJson } from "./json-file.ts";
import { requireCount } from "./settings.ts";
import { table } from "./table.ts";
import { Failed, formatCount, formatDuration, Interrupted, plural, type Terminal } from "./terminal.ts";

export interface ExperimentFlags {
  readonly out?: string;
  readonly jobs?: string;
  readonly dryRun?: true;
}

export function experimentCommand(terminal: Terminal): Command {
  const command = new Command("experiment")
    .description("run every task × setting × seed of a file, and write tables and figures")
    .argument("<file.json>", "the experiment; docs/guide/experiments.md explains the format");
  return addExperimentFlags(command).action(async (file: string, flags: ExperimentFlags) =>
    execute(planExperiment(await readJson(file, "experiment"), file), flags, terminal),
  );
}

export function addExperimentFlags(command: Command): Command {
  return command
    .option("--out <dir>", "directory of the experiment; what is there is continued (default: runs/<name>)")
    .option("--jobs <n>", "runs at a time, each in a process (default: one a processor)")
    .option("--dry-run", "show what would run, and run nothing");
}

/** Runs a plan and says where everything is. */
export async function execute(plan: Plan, flags: ExperimentFlags, terminal: Terminal): Promise<void> {
  const jobs = flags.jobs === undefined ? availableParallelism() : requireCount("--jobs", flags.jobs);
  const directory = flags.out ?? join("runs", plan.name);
  if (flags.dryRun) {
    terminal.out(await describe(plan, directory));
    return;
  }
  const start = performance.now();
  terminal.err(noteSteps(plan));
  const pace = `${jobs} at a time, ${plural(threadsOfRun(plan, jobs), "thread")} each`;
  const title = `${heading(plan)}, ${pace}. Directory: ${directory}`;
  const progress = new ExperimentProgress(terminal, title, plan.cells, jobs);
  const options = { jobs, signal: terminal.catchStop(), watcher: progress };
  const result = await runExperiment(plan, directory, options).finally(() => progress.stop());
  const time = formatDuration((performance.now() - start) / 1000);
  const files = result.files.map((file) => `  ${file}\n`).join("");
  terminal.out(`${plan.title}: this took ${time}. Written:\n${files}`);
  for (const { cell, error } of result.failures) terminal.err(`failed: ${cellName(cell)}: ${error}\n`);
  if (result.interrupted) throw new Interrupted("Stopped and saved; the same command continues.");
  if (result.failures.length > 0) {
    throw new Failed(`${plural(result.failures.length, "run")} of ${plan.cells.length} failed.`);
  }
}

const heading = ({ title, pairs, cells }: Plan): string => {
  const iterations = cells.reduce((sum, { config }) => sum + config.iterations, 0);
  const counts = [plural(pairs.length, "pair"), plural(cells.length, "run"), plural(iterations, "iteration")];
  return `${title}: ${counts[0]} of task and setting, ${counts[1]}, ${counts[2]}`;
};

/** The plan pair by pair, with what is on disk of it. */
async function describe(plan: Plan, directory: string): Promise<string> {
  requireRunnable(plan);
  const states = await inspectExperiment(plan, directory);
  const doneOf = (cell: Cell): number => states.get(cell)?.metrics.length ?? 0;
  const rows = plan.pairs.map(({ task, setting, seeds, config }) => {
    const cells = plan.cells.filter((cell) => cell.task === task && cell.setting === setting);
    const done = cells.reduce((sum, cell) => sum + doneOf(cell), 0);
    const total = formatCount(seeds.length * config.iterations);
    return [task, setting, seeds.join(" "), formatCount(config.iterations), `${formatCount(done)}/${total}`];
  });
  const columns = ["task", "setting", "seeds", "iterations", "done"];
  const notes = `${noteSteps(plan)}${noteOthers(await findOtherRuns(plan, directory))}${noteStates(states)}`;
  return `${heading(plan)}. Directory: ${directory}\n${notes}${table([columns, ...rows])}\n`;
}
