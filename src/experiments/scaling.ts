/** A scaling study: return per agent and time of an iteration against the number of agents in a world. */
import { perSeed, valuesOf } from "./comparisons.ts";
import type { SettingRuns } from "./counted-runs.ts";
import type { Experiment } from "./experiment.ts";
import { finalReturn } from "./measures.ts";
import { secondsPerIteration } from "./times.ts";

export interface ScalePoint {
  readonly world: string;
  readonly setting: string;
  readonly agents: number;
  /** Final return of the team divided by the number of agents, a value a seed. */
  readonly returnPerAgent: readonly number[];
  /** A value for every seed whose time is known. */
  readonly secondsPerIteration: readonly number[];
}

/** A point for every setting of every task that says its place; by world, setting and number of agents. */
export function scalePoints({ tasks, settings }: Experiment, groups: readonly SettingRuns[]): ScalePoint[] {
  const worlds = [...new Set(Object.values(tasks).flatMap(({ scale }) => scale?.world ?? []))];
  const points = groups.flatMap(({ task, setting, counted }): ScalePoint[] => {
    const { scale } = tasks[task];
    const returns = valuesOf(perSeed(counted, finalReturn));
    if (!scale || returns.length === 0) return [];
    const { world, agents } = scale;
    return [
      {
        world,
        setting,
        agents,
        returnPerAgent: returns.map((value) => value / agents),
        secondsPerIteration: secondsPerIteration(counted),
      },
    ];
  });
  return worlds.flatMap((world) =>
    Object.keys(settings).flatMap((setting) =>
      points
        .filter((point) => point.world === world && point.setting === setting)
        .sort((a, b) => a.agents - b.agents),
    ),
  );
}
