import { test } from "uvu";
import * as assert from "uvu/assert";
import { actionColumns } from "../../../src/algorithms/policy-optimisation/policy.ts";
import { PolicyBatch } from "../../../src/algorithms/policy-optimisation/policy-batch.ts";
import { vectorise } from "../../../src/environments/vectorise.ts";
import { Happo, Mappo } from "../../../src/index.ts";
import { createArena } from "../../../src/kernels/arena.ts";
import type { Batch } from "../../../src/rollouts/batch.ts";
import { Collector } from "../../../src/rollouts/collector.ts";
import type { JointPolicy } from "../../../src/rollouts/joint-policy.ts";
import { Random } from "../../../src/tensor/random.ts";
import { taskShape } from "../../../src/training/learner.ts";
import { makeFamily } from "../../support/family.ts";
import { recallWorld } from "../../support/recall-world.ts";
import { refuses } from "../../support/refuses.ts";

const task = taskShape(vectorise(recallWorld(), { copies: 1 }).spec);
/** 10 steps a copy in chunks of 5, episodes of 4: ends within chunks, chunks within episodes, batches within both. */
const options = {
  recurrent: true,
  chunkLength: 5,
  stepsPerIteration: 30,
  environmentCopies: 3,
  hiddenSizes: [6],
  inputNorm: false,
  outputGain: 4,
};

function collect(policy: JointPolicy & { readonly memorySize?: number }, batches: number): Batch[] {
  const environment = vectorise(recallWorld(), { copies: 3 });
  const collector = new Collector(environment, 30, Random.fromSeed(8), policy.memorySize);
  return Array.from({ length: batches }, () => structuredClone(collector.collect(policy) as Batch));
}

for (const sharing of ["separate", "shared"]) {
  test(`what was done is as likely afterwards as it was then, whatever was forgotten between: ${sharing}`, () => {
    const trainer = makeFamily("mappo", { ...options, sharing }, { task });
    const likeliest: JointPolicy = {
      memorySize: trainer.memorySize,
      act: (situation, actions) => trainer.act(situation, actions, true),
    };
    for (const batch of collect(likeliest, 3)) {
      for (const policy of trainer.policies) {
        const own = new PolicyBatch(createArena(), policy, actionColumns(task), batch, 5);
        const { oldLogProbs } = own.select(policy.agents);
        // Of two choices the likelier has at least half of the probability.
        for (const logProb of oldLogProbs) assert.ok(logProb >= Math.log(0.5) - 1e-6, `${logProb}`);
        assert.ok(
          oldLogProbs.some((logProb) => logProb < -0.01),
          "it could have been otherwise",
        );
      }
    }
  });

  test(`chunks begin with what was remembered then: the first step finds ratios of 1 (${sharing})`, () => {
    for (const minibatches of [1, 3]) {
      const given = { ...options, sharing, epochs: 1, minibatches, learningRate: 1e-30 };
      const trainer = makeFamily("mappo", given, { task });
      for (const batch of collect(trainer, 2)) {
        const { ratioDeviation } = trainer.update(batch).details as Record<string, number[]>;
        for (const deviation of ratioDeviation) assert.ok(deviation < 1e-6, `${deviation}`);
      }
    }
  });
}

for (const id of ["coppo", "happo", "hatrpo", "a2po"] as const) {
  test(`${id} trains recurrent policies, shared and separate, to finite numbers`, () => {
    for (const sharing of ["separate", "shared"]) {
      const trainer = makeFamily(id, { ...options, sharing }, { task });
      for (const batch of collect(trainer, 2)) {
        const { kl } = trainer.update(batch);
        assert.ok(
          kl.every((value) => value >= 0 && Number.isFinite(value)),
          `${kl}`,
        );
      }
    }
  });
}

test("steps that chunks do not divide are refused", () => {
  refuses(
    () => makeFamily("mappo", { ...options, chunkLength: 4 }, { task }),
    "chunkLength is 4",
    "10 steps",
  );
});

const learning = {
  stepsPerIteration: 320,
  environmentCopies: 16,
  hiddenSizes: [16],
  inputNorm: false,
  learningRate: 0.01,
  criticLearningRate: 0.01,
  entropyCoefficient: 0.001,
  threads: 1,
  seed: 2,
};

/** Share of letters that are named rightly. */
async function recall(model: Mappo | Happo): Promise<number> {
  await model.learn(30 * learning.stepsPerIteration);
  const { return: found } = await model.evaluate({ episodes: 50, deterministic: true, seed: 3 });
  return found.mean / 2;
}

test("recurrent policies recall what they saw at the start of an episode; others guess", async () => {
  assert.ok((await recall(new Mappo(recallWorld(), { ...learning, recurrent: true }))) > 0.95);
  assert.ok((await recall(new Happo(recallWorld(), { ...learning, recurrent: true }))) > 0.95);
  // 100 fair guesses: standard deviation 0.05.
  assert.ok((await recall(new Mappo(recallWorld(), learning))) < 0.75);
});

test.run();
