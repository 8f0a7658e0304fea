/** Finished runs in an experiment's directory that its plan does not ask for, so that none leaves a report unseen. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseEdited } from "../formats/edited-json.ts";
import { RUNS } from "./experiment-directory.ts";
import type { Plan } from "./plan.ts";

/** Their directories relative to the experiment's, by name. */
export async function findOtherRuns({ cells }: Pick<Plan, "cells">, directory: string): Promise<string[]> {
  const asked = new Set(cells.map((cell) => cell.directory));
  const others: string[] = [];
  for (const task of await namesIn(join(directory, RUNS))) {
    for (const setting of await namesIn(join(directory, RUNS, task))) {
      for (const seed of await namesIn(join(directory, RUNS, task, setting))) {
        const run = `${RUNS}/${task}/${setting}/${seed}`;
        if (!asked.has(run) && (await hasFinished(join(directory, run)))) others.push(run);
      }
    }
  }
  return others;
}

const namesIn = async (path: string): Promise<string[]> => (await readdir(path).catch(() => [])).sort();

/** By its own configuration, in which nothing else matters: it may name what this version does not know. */
async function hasFinished(path: string): Promise<boolean> {
  try {
    const text = await readFile(join(path, "config.json"), "utf8");
    const { iterations } = parseEdited(text) as { readonly iterations: number };
    const metrics = await readFile(join(path, "metrics.jsonl"), "utf8");
    return metrics.split("\n").length > iterations;
  } catch {
    return false;
  }
}
