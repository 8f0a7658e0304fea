/**
 * Windows over runs of which an iteration is not as many environment steps: equal in steps, so that as much experience
 * counts of each. With sᵢ steps an iteration, a window of n iterations is w = max(n · min sᵢ, max sᵢ) steps: n
 * iterations of the runs with the shortest ones, and at least one of every run. Of runs with equal iterations it is n.
 */

/** Environment steps of a window of `iterations`. @param stepsPerIteration of each of the compared runs */
export const windowSteps = (iterations: number, stepsPerIteration: readonly number[]): number =>
  Math.max(iterations * Math.min(...stepsPerIteration), ...stepsPerIteration);

/** The iterations of one of these runs that come nearest to the window, at least one. */
export const windowIterations = (window: number, stepsPerIteration: number): number =>
  Math.round(window / stepsPerIteration);
