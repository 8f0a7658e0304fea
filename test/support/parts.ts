/** Parts of a made-up experiment: equal cells have equal metrics wherever they were made, times apart. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { FoundRun } from "../../src/experiments/choose-run.ts";
import type { Cell } from "../../src/experiments/experiment.ts";
import { writeConfig } from "../../src/experiments/experiment-directory.ts";
import { type Plan, planExperiment } from "../../src/experiments/plan.ts";
import { writeCurves, writeReport } from "../../src/experiments/report.ts";
import { Random } from "../../src/tensor/random.ts";
import type { IterationMetrics } from "../../src/training/metrics.ts";
import { fakeMetrics } from "./fake-experiment.ts";
import { fakeCatalogue } from "./fake-run.ts";

/** Two settings on two tasks of a world, two seeds, twelve iterations; the changes beat what is here. */
export const partPlan = (changes: object = {}): Plan =>
  planExperiment(
    {
      name: "parts",
      tasks: {
        small: { environment: "test/counting", scale: { world: "W" } },
        large: { environment: "test/counting", environmentOptions: { agents: 4 }, scale: { world: "W" } },
      },
      settings: {
        plain: { algorithm: "fake", title: "Plain" },
        long: { algorithm: "fake", options: { gamma: 0.5 } },
      },
      seeds: 2,
      iterations: 12,
      ...changes,
    },
    "parts.json",
    fakeCatalogue,
  );

/** What a cell measures, with numbers of full length; only times depend on `seconds`. */
export function measure({ directory, config }: Cell, seconds = 2): IterationMetrics[] {
  const random = Random.fromSeed(directory);
  const returns = Array.from({ length: config.iterations }, (_, i) => -100 / (i + 1) + random.float());
  return fakeMetrics(returns, seconds).map((line) => {
    const kl = [0.02 + 0.001 * random.float(), 0.03 * random.float()];
    return { ...line, kl, jointKl: kl[0] + kl[1] };
  });
}

/** A run as it would be found in a directory. */
export const foundRun = (cell: Cell, changes: Partial<FoundRun> = {}): FoundRun => {
  return { source: `in/${cell.directory}`, cell, metrics: measure(cell), ...changes };
};

export type Kind = "runs" | "report" | "data" | "curves";

/** Writes run directories, a report without them, `data.jsonl` alone or `curves.jsonl` alone. @returns the folder */
export async function writePart(
  folder: string,
  plan: Plan,
  kind: Kind = "runs",
  metricsOf: (cell: Cell) => readonly IterationMetrics[] = (cell) => measure(cell),
): Promise<string> {
  await mkdir(folder, { recursive: true });
  if (kind !== "curves") await writeConfig(folder, plan);
  const results = plan.cells.map((cell) => ({ cell, metrics: metricsOf(cell) }));
  if (kind === "report") await writeReport(folder, plan, results, fakeCatalogue);
  if (kind === "report" || kind === "curves") await writeCurves(folder, plan, results);
  for (const { cell, metrics } of results) {
    const lines = metrics.map(({ seconds, ...line }) => {
      const { task, setting, seed } = cell;
      return kind === "runs" ? { ...line, seconds } : { task, setting, seed, ...line };
    });
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
    if (kind === "data") await writeFile(join(folder, "data.jsonl"), text, { flag: "a" });
    if (kind !== "runs") continue;
    const run = join(folder, cell.directory);
    await mkdir(run, { recursive: true });
    await writeFile(join(run, "config.json"), JSON.stringify(cell.config));
    await writeFile(join(run, "metrics.jsonl"), text);
  }
  return folder;
}
