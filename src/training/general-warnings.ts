/**
 * What a person should read of any iteration, whatever the algorithm. It follows from the iteration alone, so that a
 * resumed run says the same.
 */
import type { AsyncVecEnv } from "../environments/environment.ts";
import type { IterationMetrics } from "./metrics.ts";

/** Mean KL in nats beyond which a policy has forgotten what it was; healthy updates stay below a tenth. */
const LARGE_KL = 5;
/** Steps of each copy after which an end of some episode is missed, for the first time. */
const PATIENCE = 1000;

/**
 * @param line the metrics of an iteration
 * @param steps of the iteration, over all copies
 */
export function generalWarnings(line: IterationMetrics, environment: AsyncVecEnv, steps: number): string[] {
  return [...warnOfSteps(line, environment), ...warnOfEndless(line, environment, steps)];
}

function warnOfSteps({ kl = [] }: IterationMetrics, { spec }: AsyncVecEnv): string[] {
  const largest = Math.max(...kl);
  if (!(largest > LARGE_KL)) return [];
  return [
    `The policy of ${spec.agents[kl.indexOf(largest)]} moved by a mean KL of ${largest.toPrecision(2)} in one iteration, ` +
      "which is no learning any more: make the steps smaller, e.g. learningRate.",
  ];
}

/** Once at a thousand steps of each copy, ten thousand, …; at once where no later iteration can see an end either. */
function warnOfEndless(
  { episodes, environmentSteps }: IterationMetrics,
  { spec, copies, saveState }: AsyncVecEnv,
  steps: number,
): string[] {
  const [now, before] = [environmentSteps / copies, (environmentSteps - steps) / copies];
  if (episodes > 0) return [];
  if (!saveState && before === 0) {
    return [
      `No episode of ${spec.id} ended in the ${now} steps of each copy. Every iteration starts new ones, because it has no ` +
        "saveState and loadState: write them, or raise stepsPerIteration.",
    ];
  }
  let milestone = PATIENCE;
  while (10 * milestone <= now) milestone *= 10;
  if (spec.episodeLimit > 0 || before >= milestone || now < milestone) return [];
  return [
    `No episode of ${spec.id} ended in this iteration, after ${now} steps of each copy, so there is no return. If episodes ` +
      "never end, end them in step(), or from outside: { make, episodeLimit: 500 }.",
  ];
}
