/**
 * What learning curves are drawn against: iterations, or environment steps where an iteration is not as many of all
 * curves, since equal iterations would then be unequal experience.
 */
import { windowIterations, windowSteps } from "../statistics/step-windows.ts";

interface Stepped {
  /** Environment steps of each iteration. @defaultValue as many as those of the others */
  readonly stepsPerIteration?: number;
}

export interface IterationAxis {
  readonly label: string;
  /** From the fewest to the most steps of an iteration, where these differ; null where they do not. */
  readonly steps: readonly [fewest: number, most: number] | null;
  /** How far an iteration of the curve goes along the axis. */
  lengthOf(curve: Stepped): number;
  /** Iterations that come nearest to a window which is equally long on the axis for all curves. */
  windowOf(curve: Stepped): number;
}

/** @param window iterations, of the curves with the shortest ones */
export function iterationAxis(curves: readonly Stepped[], window: number): IterationAxis {
  const lengths = [...new Set(curves.map(stepsOf))];
  if (lengths.length < 2)
    return { label: "iteration", steps: null, lengthOf: () => 1, windowOf: () => window };
  const size = windowSteps(window, lengths);
  return {
    label: "environment steps",
    steps: [Math.min(...lengths), Math.max(...lengths)],
    lengthOf: stepsOf,
    windowOf: (curve) => windowIterations(size, stepsOf(curve)),
  };
}

const stepsOf = ({ stepsPerIteration = 1 }: Stepped): number => stepsPerIteration;

/** "10,000" */
export const formatSteps = (steps: number): string => steps.toLocaleString("en");
