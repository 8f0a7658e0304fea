/** `data.jsonl`: a line for every iteration of every run, with all metrics but times. */
import * as v from "valibot";
import { InvalidInputError } from "../validation/errors.ts";
import { validate } from "../validation/validate.ts";
import type { SettingRuns } from "./counted-runs.ts";
import { parseLine } from "./curves.ts";
import { type Cell, cellName, type Measured } from "./experiment.ts";

/** The file's contents; rounded runs are not in it. @param groups in their order */
export function formatData(groups: readonly SettingRuns[]): string {
  return groups
    .flatMap(({ task, setting, all }) =>
      all
        .filter(({ rounded }) => !rounded)
        .flatMap(({ cell: { seed }, metrics }) =>
          metrics.map(({ seconds: _, ...measured }) => JSON.stringify({ task, setting, seed, ...measured })),
        ),
    )
    .map((line) => `${line}\n`)
    .join("");
}

/** What a report needs of a line; it may have more. */
const lineSchema = v.looseObject({
  task: v.string(),
  setting: v.string(),
  seed: v.number(),
  iteration: v.number(),
  meanReturn: v.nullable(v.number()),
  kl: v.optional(v.array(v.number())),
  jointKl: v.optional(v.number()),
});

/** The metrics of one run. */
export interface DataRun extends Pick<Cell, "task" | "setting" | "seed"> {
  readonly metrics: readonly Measured[];
}

/**
 * @param source names the file in messages
 * @throws InvalidInputError naming a line that is not metrics, or not of the next iteration of its run
 */
export function parseData(text: string, source: string): DataRun[] {
  const runs = new Map<string, DataRun & { readonly metrics: Measured[] }>();
  for (const [i, line] of text.split("\n").entries()) {
    if (line === "") continue;
    const place = `${source}, line ${i + 1}`;
    const parsed = parseLine(line, source, i + 1);
    validate(lineSchema, parsed, place);
    // As it stands, since a schema would change the order of what it knows.
    const { task, setting, seed, ...measured } = parsed as v.InferOutput<typeof lineSchema>;
    const key = JSON.stringify([task, setting, seed]);
    const run = runs.get(key) ?? { task, setting, seed, metrics: [] };
    runs.set(key, run);
    run.metrics.push(measured as Measured);
    if (measured.iteration === run.metrics.length) continue;
    throw new InvalidInputError(
      `${place}: iteration ${measured.iteration} of ${cellName(run)} follows iteration ` +
        `${run.metrics.length - 1}; the file has been changed or cut. Write it again with its experiment.`,
    );
  }
  return [...runs.values()];
}
