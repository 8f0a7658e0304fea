/** A learner whose algorithm refuses a batch. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { algorithms } from "../../src/algorithms/registry.ts";
import { vectorise } from "../../src/environments/vectorise.ts";
import { Learner } from "../../src/training/learner.ts";
import { validateOptions } from "../../src/training/run-config.ts";
import { NonFiniteError } from "../../src/validation/errors.ts";
import { recallWorld } from "../support/recall-world.ts";
import { rejects } from "../support/rejects.ts";

test("after a refused batch episodes begin anew, so that nothing remembered is of other episodes", async () => {
  const small = { stepsPerIteration: 30, environmentCopies: 3, chunkLength: 5, hiddenSizes: [4] };
  const settings = validateOptions(algorithms.mappo, { ...small, recurrentCritics: true });
  const learner = new Learner(algorithms.mappo, settings, vectorise(recallWorld(), { copies: 3 }), 1);
  const { algorithm } = learner;
  const update = algorithm.update.bind(algorithm);
  const begun: boolean[] = [];
  algorithm.update = (batch, stopwatch) => {
    begun.push(batch.newEpisodes);
    if (begun.length === 2) throw new NonFiniteError("lightning");
    return update(batch, stopwatch);
  };
  await learner.iterate();
  await rejects(() => learner.iterate(), NonFiniteError, /lightning/);
  await learner.iterate();
  await learner.iterate();
  assert.equal(begun, [true, false, true, false]);
  assert.is(learner.iteration, 3);
});

test.run();
