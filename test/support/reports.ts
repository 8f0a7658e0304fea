/** Reports of made-up runs: two settings on two tasks of one world. */
import { mkdir, readdir, readFile } from "node:fs/promises";
import { basename } from "node:path";
import * as assert from "uvu/assert";
import type { CellResult, TaskAbout } from "../../src/experiments/experiment.ts";
import { writeReport } from "../../src/experiments/report.ts";
import { type FakeRun, fakeExperiment, flat } from "./fake-experiment.ts";
import { fakeCatalogue } from "./fake-run.ts";

export const about: Record<string, Partial<TaskAbout>> = {
  small: {
    title: "Small | team",
    scores: { low: 0, high: 10 },
    scale: { world: "W", agents: 2 },
    references: [
      { title: "a paper", value: 4.5 },
      {
        title: "a log",
        points: [
          [1, 2],
          [60, 3.5],
        ],
      },
    ],
  },
  large: { scores: { low: 0, high: 20 }, scale: { world: "W", agents: 4 } },
};
export const run = (task: string, setting: string, seed: number, value: number, seconds = 2): FakeRun => {
  return { task, setting, seed, returns: [value - 1, ...flat(value, 59)], seconds };
};
export const runs = ["small", "large"].flatMap((task, i) =>
  ["one", "two"].flatMap((setting, j) =>
    [1, 2, 3].map((seed) => run(task, setting, seed, 4 * i + 2 * j + seed)),
  ),
);

/** The files of a report by name. */
export async function report(
  folder: string,
  given: readonly FakeRun[] = runs,
  reorder = (results: CellResult[]) => results,
): Promise<Record<string, string>> {
  const { experiment, results } = fakeExperiment(given, about);
  await mkdir(folder, { recursive: true });
  const paths = await writeReport(folder, experiment, reorder(results), fakeCatalogue);
  assert.equal(paths.map((path) => basename(path)).sort(), (await readdir(folder)).sort());
  const texts = await Promise.all(paths.map((path) => readFile(path, "utf8")));
  return Object.fromEntries(paths.map((path, i) => [basename(path), texts[i]]));
}
