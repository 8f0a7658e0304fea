/**
 * Settings of which an iteration is not as many environment steps, put at equal steps: each is cut to the iterations
 * that end by the steps which all have reached, and final and best returns are means over windows of equal steps. So
 * none is judged after more experience than another.
 */
import { windowIterations, windowSteps } from "../statistics/step-windows.ts";
import { cut, type SettingRuns } from "./counted-runs.ts";
import { BEST_WINDOW, bestReturn, FINAL_WINDOW, finalReturn } from "./measures.ts";

/** Environment steps at which settings are compared. */
export interface Level {
  /** That all of them have reached. */
  readonly steps: number;
  /** Of the final mean; each setting has the iterations that come nearest. */
  readonly final: number;
  /** Of the moving mean whose best counts. */
  readonly best: number;
}

/** Runs of a setting as they are compared with those of others. */
export interface LevelRuns extends SettingRuns {
  /** Left out where an iteration is as many steps of all that are compared: `iterations` says it all. */
  readonly level?: Level;
}

/**
 * The groups as they are where an iteration is as many steps of all that have begun.
 * @param groups that are compared with each other
 */
export function atEqualSteps(groups: readonly SettingRuns[]): readonly LevelRuns[] {
  const begun = groups.filter(({ counted }) => counted.length > 0);
  const lengths = [...new Set(begun.map(({ stepsPerIteration }) => stepsPerIteration))];
  if (lengths.length < 2) return groups;
  const steps = Math.min(...begun.map(({ iterations, stepsPerIteration }) => iterations * stepsPerIteration));
  const level = { steps, final: windowSteps(FINAL_WINDOW, lengths), best: windowSteps(BEST_WINDOW, lengths) };
  return groups.map((group) => {
    const iterations = Math.min(group.iterations, Math.floor(steps / group.stepsPerIteration));
    return { ...group, counted: cut(group.counted, iterations), iterations, level };
  });
}

type Measure = typeof finalReturn;

/** The final return of runs of the group. */
export const finalOf =
  ({ level, stepsPerIteration }: LevelRuns): Measure =>
  (metrics) =>
    finalReturn(metrics, level && windowIterations(level.final, stepsPerIteration));

/** The best return of runs of the group. */
export const bestOf =
  ({ level, stepsPerIteration }: LevelRuns): Measure =>
  (metrics) =>
    bestReturn(metrics, level && windowIterations(level.best, stepsPerIteration));
