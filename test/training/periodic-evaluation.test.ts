/** Evaluation while learning: at the right moments, of the policy as it then is, and never felt by learning. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { algorithms } from "../../src/algorithms/registry.ts";
import { evaluate } from "../../src/training/evaluate.ts";
import type { EvaluationMetrics, IterationMetrics } from "../../src/training/metrics.ts";
import { Model } from "../../src/training/model.ts";
import { evaluationSeed, PeriodicEvaluation } from "../../src/training/periodic-evaluation.ts";
import { resolveRun } from "../../src/training/run-config.ts";
import { RunDirectory } from "../../src/training/run-directory.ts";
import { makeLearner, makeRunEnvironment } from "../../src/training/setup.ts";
import { train } from "../../src/training/trainer.ts";
import { InvalidInputError } from "../../src/validation/errors.ts";
import { countingEnvironment } from "../support/counting-environment.ts";
import { fakeEntry } from "../support/fake-algorithm.ts";
import { fakeCatalogue, fakeConfig } from "../support/fake-run.ts";
import { rejects } from "../support/rejects.ts";
import { inFolder } from "../support/temporary.ts";

const withoutEvaluation = (metrics: readonly IterationMetrics[]) =>
  metrics.map(({ seconds: _, evaluation: __, ...rest }) => rest);
const evaluated = (metrics: readonly IterationMetrics[]) =>
  metrics.flatMap(({ iteration, evaluation }) => (evaluation ? [iteration] : []));

async function trainFake(path: string, changes: object) {
  const config = fakeConfig(changes);
  const run = await RunDirectory.create(path, config, fakeCatalogue);
  return train(run, makeLearner(config, fakeCatalogue));
}

test("every k-th iteration is evaluated and no other; by default none is", () =>
  inFolder(async (folder) => {
    const moments = async (name: string, changes: object) =>
      evaluated((await trainFake(join(folder, name), { iterations: 7, ...changes })).metrics);
    assert.equal(await moments("three", { evaluateEvery: 3 }), [3, 6]);
    assert.equal(await moments("one", { evaluateEvery: 1 }), [1, 2, 3, 4, 5, 6, 7]);
    assert.equal(await moments("large", { evaluateEvery: 100 }), []);
    assert.equal(await moments("never", {}), []);
  }));

test("the line has what evaluating the same policy on the same episodes gives", () =>
  inFolder(async (folder) => {
    const changes = { evaluateEvery: 2, evaluateEpisodes: 9, seed: 5 };
    const { metrics } = await trainFake(join(folder, "run"), changes);
    const config = fakeConfig(changes);
    const learner = makeLearner(config, fakeCatalogue);
    await learner.iterate();
    await learner.iterate();
    const direct = await evaluate(
      learner.algorithm,
      (copies) => makeRunEnvironment(config, copies, fakeCatalogue),
      { episodes: 9, seed: evaluationSeed(5), deterministic: true },
    );
    assert.equal(metrics[1].evaluation, {
      return: direct.return.mean,
      standardError: direct.return.standardError,
      agentReturns: [direct.agentReturns.a.mean, direct.agentReturns.b.mean],
      length: direct.length.mean,
      episodes: 9,
      metrics: {},
    });
    assert.is.not(evaluationSeed(5), evaluationSeed(6));
    const sampled = { ...changes, evaluateDeterministic: false };
    const other = await trainFake(join(folder, "sampled"), sampled);
    assert.not.equal(other.metrics[1].evaluation, metrics[1].evaluation);
  }));

const small = { stepsPerIteration: 100, environmentCopies: 4 };
const network = (algorithm: string) =>
  algorithm === "qmix" ? { hiddenSize: 8, batchEpisodes: 2 } : { hiddenSizes: [8] };
for (const algorithm of Object.keys(algorithms)) {
  test(`${algorithm} learns the same bits with evaluation as without`, () =>
    inFolder(async (folder) => {
      const results = [];
      for (const changes of [{}, { evaluateEvery: 1, evaluateEpisodes: 3, evaluateDeterministic: false }]) {
        const environmentOptions = { agents: 2, episodeLimit: 20 };
        const config = resolveRun({
          algorithm,
          environmentOptions,
          options: { ...small, ...network(algorithm) },
          iterations: 3,
          ...changes,
        });
        const run = await RunDirectory.create(join(folder, `run-${results.length}`), config);
        const { metrics } = await train(run, makeLearner(config));
        const checkpoint = await readFile(run.file("checkpoint.safetensors"));
        results.push({ metrics: withoutEvaluation(metrics), checkpoint });
      }
      assert.equal(results[1], results[0]);
    }));
}

test("its time is a phase of its own and part of the total", () =>
  inFolder(async (folder) => {
    const { metrics, profile } = await trainFake(join(folder, "run"), { evaluateEvery: 2 });
    for (const { iteration, seconds } of metrics) {
      const time = seconds.phases?.evaluation;
      assert.is(time !== undefined, iteration % 2 === 0);
      const parts = Object.values(seconds.phases ?? {}).reduce((sum, value) => sum + value, 0);
      assert.ok(Math.abs(parts - seconds.total) < 1e-9, "up to rounding");
      const learning = seconds.sample + seconds.value + seconds.policy;
      assert.ok(Math.abs(learning + (time ?? 0) - seconds.total) < 1e-9, "up to rounding");
    }
    assert.ok(profile.shares.evaluation > 0);
  }));

test("a model evaluates as it learns, tells, and learns the same", async () => {
  const make = () => new Model(fakeEntry, countingEnvironment, { seed: 3 });
  const [watched, alone] = [make(), make()];
  const told: [number, EvaluationMetrics][] = [];
  const lines: IterationMetrics[] = [];
  await watched.learn(300, {
    evaluateEvery: 2,
    evaluateEpisodes: 4,
    onEvaluation: async (evaluation, { iteration }) => void told.push([iteration, evaluation]),
    onIteration: (line) => lines.push(line),
  });
  assert.equal(
    told.map(([iteration]) => iteration),
    [2, 4],
  );
  assert.equal(
    lines.flatMap(({ evaluation }) => evaluation ?? []),
    told.map(([, evaluation]) => evaluation),
  );
  assert.is(told[0][1].episodes, 4);
  await alone.learn(300);
  assert.equal(await watched.toBytes(), await alone.toBytes());
});

test("an impossible plan is refused by name", async () => {
  const learner = makeLearner(fakeConfig(), fakeCatalogue);
  const make = (changes: object) =>
    new PeriodicEvaluation(learner, () => learner.environment, 1, { ...fakeConfig(), ...changes });
  for (const [changes, message] of [
    [{ evaluateEvery: -1 }, /evaluateEvery is -1; .* at least 0/],
    [{ evaluateEvery: 0.5 }, /evaluateEvery is 0.5/],
    [{ evaluateEpisodes: 0 }, /evaluateEpisodes is 0; .* at least 1/],
  ] as const) {
    await rejects(() => make(changes), InvalidInputError, message);
    await rejects(() => fakeConfig(changes), InvalidInputError, new RegExp(Object.keys(changes)[0]));
  }
});

test.run();
