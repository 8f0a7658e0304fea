/**
 * A scaling study: return per agent and time of an iteration against the number of agents in a world. All teams of a
 * world and a setting are taken at the iteration that every one of them has reached, so that what tells them apart is
 * their size and not how long they have learned; where an iteration is not as many environment steps of all teams and
 * settings of a world, all of them at the steps that every one has reached.
 */
import { perSeed, valuesOf } from "./comparisons.ts";
import { cut, type SettingRuns, sharedIterations } from "./counted-runs.ts";
import { atEqualSteps, finalOf, type LevelRuns } from "./equal-steps.ts";
import type { Experiment } from "./experiment.ts";
import { secondsPerIteration } from "./times.ts";

type Scale = NonNullable<Experiment["tasks"][string]["scale"]>;

export interface ScalePoint {
  readonly world: string;
  readonly setting: string;
  readonly agents: number;
  /** The values are of the runs up to this one, which all begun teams of the world and setting have. */
  readonly iterations: number;
  /** Environment steps at which all of the world are taken, where an iteration is not as many of each. */
  readonly steps?: number;
  /** Final return of the team divided by the number of agents, a value a seed. */
  readonly returnPerAgent: readonly number[];
  /** A value for every seed whose time is known. */
  readonly secondsPerIteration: readonly number[];
}

/** A point for every setting of every task that says its place; by world, setting and number of agents. */
export function scalePoints({ tasks, settings }: Experiment, groups: readonly SettingRuns[]): ScalePoint[] {
  const worlds = [...new Set(Object.values(tasks).flatMap(({ scale }) => scale?.world ?? []))];
  return worlds.flatMap((world) => {
    const here = atEqualSteps(groups.filter(({ task }) => tasks[task].scale?.world === world));
    return Object.keys(settings).flatMap((setting) => {
      const teams = here.filter((group) => group.setting === setting);
      const shared = sharedIterations(teams);
      return teams
        .map((team) => pointOf(team, tasks[team.task].scale as Scale, shared))
        .filter(({ returnPerAgent }) => returnPerAgent.length > 0)
        .sort((a, b) => a.agents - b.agents);
    });
  });
}

/** @param shared iterations that all teams of the world and setting have */
function pointOf(team: LevelRuns, { world, agents }: Scale, shared: number): ScalePoint {
  const { setting, level } = team;
  const iterations = level ? team.iterations : shared;
  const runs = cut(team.counted, iterations);
  return {
    world,
    setting,
    agents,
    iterations,
    ...(level && { steps: level.steps }),
    returnPerAgent: valuesOf(perSeed(runs, finalOf(team))).map((value) => value / agents),
    secondsPerIteration: secondsPerIteration(runs),
  };
}
