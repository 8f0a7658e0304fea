/** Figures of the report before that the one at hand does not have: of tasks that are gone or have no run any more. */
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { InvalidInputError } from "../validation/errors.ts";
import { parseCurves } from "./curves.ts";
import { type ExperimentConfig, parseExperiment } from "./experiment-config.ts";
import { CURVES } from "./experiment-directory.ts";

/**
 * Removes them; figures that no report has written stay.
 * @param written names of the files at hand
 */
export async function removeStale(directory: string, written: readonly string[]): Promise<void> {
  for (const name of await figuresBefore(directory)) {
    if (!written.includes(name)) await rm(join(directory, name), { force: true });
  }
}

/** `curves.jsonl` is the last file of a report, so until then it tells of the one before. */
async function figuresBefore(directory: string): Promise<string[]> {
  const before = await experimentBefore(join(directory, CURVES));
  const tasks = before?.tasks ?? {};
  const scaled = Object.values(tasks).some(({ scale }) => scale !== undefined);
  return [...Object.keys(tasks), ...(scaled ? ["scaling"] : [])].map((name) => `${name}.svg`);
}

/** Undefined when there is none, or none that this version reads. */
async function experimentBefore(path: string): Promise<ExperimentConfig | undefined> {
  const [head] = (await readFile(path, "utf8").catch(() => "")).split("\n", 1);
  try {
    return parseExperiment(parseCurves(head, path).experiment, path);
  } catch (error) {
    if (error instanceof InvalidInputError) return undefined;
    throw error;
  }
}
