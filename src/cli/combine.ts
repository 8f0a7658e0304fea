/** `marlstone combine`: experiments that were made in parts, on several days or machines, as one. */
import { Command } from "commander";
import { combineExperiments, type WrittenCombination } from "../experiments/combine.ts";
import { isFinished } from "../experiments/counted-runs.ts";
import { noteSteps } from "../experiments/step-notes.ts";
import { formatCount, plural, type Terminal } from "./terminal.ts";

interface CombineFlags {
  readonly out: string;
  readonly name?: string;
  readonly title?: string;
}

export function combineCommand(terminal: Terminal): Command {
  return new Command("combine")
    .description("put experiments that were made in parts together: one report of all their runs")
    .argument(
      "<place...>",
      "directories, data.jsonl or curves.jsonl of experiments, or experiment files for the order; only read",
    )
    .requiredOption("--out <dir>", "directory of the report; it may be one of the places that have no runs")
    .option("--name <name>", "name of the whole (default: that of the parts)")
    .option("--title <text>", "heading of the whole (default: that of the parts)")
    .action(async (places: string[], { out, ...naming }: CombineFlags) => {
      const written = await combineExperiments(places, out, naming);
      terminal.err(noteSteps(written.plan));
      terminal.out(describe(written));
    });
}

function describe({ places, plan, results, files }: WrittenCombination): string {
  const found = places.map(({ source, runs }) => {
    const cells = new Map(runs.map(({ cell, metrics }) => [cell.directory, metrics.length]));
    const iterations = [...cells.values()].reduce((sum, length) => sum + length, 0);
    return `  ${source}: ${plural(cells.size, "run")}, ${plural(iterations, "iteration")}\n`;
  });
  const done = results.filter(isFinished).length;
  const finished = `${formatCount(done)} of ${plural(results.length, "run")} finished`;
  const written = files.map((file) => `  ${file}\n`);
  return `${plan.title}: ${finished}. Found:\n${found.join("")}Written:\n${written.join("")}`;
}
