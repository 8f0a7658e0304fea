/**
 * Loads each checkpoint into a model of its own, which was made with another seed, learns on to the same end,
 * and answers with what is then saved.
 */
import { answer, task } from "./apart.ts";
import { learnIterations, makeShortRun, type ShortRunName, savedHash } from "./short-runs.ts";

export interface Unfinished {
  readonly name: ShortRunName;
  readonly checkpoint: string;
  /** Where to stop, counted from the start of the run. */
  readonly iterations: number;
}

const OTHER_SEED = 77;
const hashes: string[] = [];
for (const { name, checkpoint, iterations } of task<Unfinished[]>()) {
  const model = await makeShortRun(name, OTHER_SEED).load(checkpoint);
  await learnIterations(model, name, iterations - model.iteration);
  hashes.push(await savedHash(model));
}
answer(hashes);
