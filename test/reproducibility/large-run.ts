/** A training that is short, but large enough that threads share calls of every kind. */
import { cooperativeNavigation, Matrpo } from "../../src/index.ts";
import { savedHash } from "./short-runs.ts";

const STEPS = 2000;

/** What two iterations leave behind. @param threads by default one a processor */
export async function printLargeRun(threads?: number): Promise<string> {
  const model = new Matrpo(cooperativeNavigation({ agents: 3 }), {
    ...(threads !== undefined && { threads }),
    stepsPerIteration: STEPS,
    environmentCopies: 400,
    hiddenSizes: [64, 64],
    admmIterations: 4,
    valueEpochs: 1,
    seed: 5,
  });
  await model.learn(2 * STEPS);
  return savedHash(model);
}
