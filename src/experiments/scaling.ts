/**
 * A scaling study: return per agent and time of an iteration against the number of agents in a world. All teams of a
 * world and a setting are taken at the iteration that every one of them has reached, so that what tells them apart is
 * their size and not how long they have learned.
 */
import { perSeed, valuesOf } from "./comparisons.ts";
import { cut, type SettingRuns, sharedIterations } from "./counted-runs.ts";
import type { Experiment } from "./experiment.ts";
import { finalReturn } from "./measures.ts";
import { secondsPerIteration } from "./times.ts";

export interface ScalePoint {
  readonly world: string;
  readonly setting: string;
  readonly agents: number;
  /** The values are of the runs up to this one, which all begun teams of the world and setting have. */
  readonly iterations: number;
  /** Final return of the team divided by the number of agents, a value a seed. */
  readonly returnPerAgent: readonly number[];
  /** A value for every seed whose time is known. */
  readonly secondsPerIteration: readonly number[];
}

/** A point for every setting of every task that says its place; by world, setting and number of agents. */
export function scalePoints({ tasks, settings }: Experiment, groups: readonly SettingRuns[]): ScalePoint[] {
  const worlds = [...new Set(Object.values(tasks).flatMap(({ scale }) => scale?.world ?? []))];
  return worlds.flatMap((world) =>
    Object.keys(settings).flatMap((setting) => {
      const teams = groups.flatMap((group) => {
        const { scale } = tasks[group.task];
        const here = scale?.world === world && group.setting === setting;
        return here ? { ...group, agents: scale.agents } : [];
      });
      const iterations = sharedIterations(teams);
      return teams
        .flatMap(({ agents, counted }): ScalePoint[] => {
          const runs = cut(counted, iterations);
          const returnPerAgent = valuesOf(perSeed(runs, finalReturn)).map((value) => value / agents);
          const seconds = secondsPerIteration(runs);
          const point = { world, setting, agents, iterations, returnPerAgent };
          return returnPerAgent.length === 0 ? [] : [{ ...point, secondsPerIteration: seconds }];
        })
        .sort((a, b) => a.agents - b.agents);
    }),
  );
}
