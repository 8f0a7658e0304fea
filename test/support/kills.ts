/**
 * Kills an experiment again and again at random moments, lets it end, and compares its files with those of
 * one that was left alone. Sometimes all of its processes die at once, sometimes only the first, whose runs
 * must then end by themselves.
 */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Random } from "../../src/tensor/random.ts";
import { start } from "./program.ts";
import { untimedFiles, writeExperiment } from "./tiny-experiment.ts";

export interface KillReport {
  /** Programs that died of it; those that had ended before do not count. */
  readonly kills: number;
  /** How often the experiment ended and was compared. */
  readonly comparisons: number;
  /** Names of files that differ, are missing or too many. */
  readonly differences: readonly string[];
}

/** @param onKill sees the progress */
export async function killAndCompare(
  folder: string,
  kills: number,
  random: Random,
  onKill: (kills: number) => void = () => {},
): Promise<KillReport> {
  // Checkpoints are behind the metrics half of the time.
  const file = await writeExperiment(folder, {
    iterations: 5,
    checkpointEvery: 2,
    evaluateEvery: 1,
    evaluateEpisodes: 2,
  });
  const words = (out: string) => ["experiment", file, "--jobs", "2", "--out", join(folder, out)];
  const began = performance.now();
  await finish(words("whole"));
  const duration = performance.now() - began;
  const expected = await untimedFiles(join(folder, "whole"));
  const differences: string[] = [];
  let [killed, comparisons] = [0, 0];
  while (killed < kills) {
    const alive = await killAfter(words("killed"), random.float() * duration, random.integer(2) === 0);
    if (alive) onKill(++killed);
    if (alive && killed < kills) continue;
    await finish(words("killed"));
    differences.push(...compare(expected, await untimedFiles(join(folder, "killed"))));
    comparisons++;
    await rm(join(folder, "killed"), { recursive: true });
  }
  return { kills: killed, comparisons, differences };
}

/** Starts the program and kills it. @returns whether it was still there */
async function killAfter(words: readonly string[], milliseconds: number, group: boolean): Promise<boolean> {
  const { pid, ended } = await start(words);
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  try {
    process.kill(group ? -pid : pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    return false;
  }
  return (await ended).code === null;
}

async function finish(words: readonly string[]): Promise<void> {
  const { code, output } = await (await start(words)).ended;
  if (code !== 0) throw new Error(`The experiment ended with code ${code}:\n${output}`);
}

function compare(expected: Record<string, string>, found: Record<string, string>): string[] {
  const names = new Set([...Object.keys(expected), ...Object.keys(found)]);
  return [...names].filter((name) => expected[name] !== found[name]);
}
