/** What every algorithm warns of: episodes that never end, and policies that jump. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { AsyncVecEnv } from "../../src/environments/environment.ts";
import { makeEnvironment } from "../../src/environments/registry.ts";
import { box, discrete } from "../../src/environments/spaces.ts";
import { generalWarnings } from "../../src/training/general-warnings.ts";
import type { IterationMetrics } from "../../src/training/metrics.ts";
import { Model } from "../../src/training/model.ts";
import { Mappo } from "../../src/training/policy-optimisation.ts";
import { countingCopies } from "../support/counting-environment.ts";
import { fakeEntry } from "../support/fake-algorithm.ts";
import { refuses } from "../support/refuses.ts";

const line = (changes: Partial<IterationMetrics>) =>
  ({ iteration: 1, episodes: 0, environmentSteps: 400, kl: [0.01, 0.02], ...changes }) as IterationMetrics;

/** The iterations, of 400 steps over two copies, that warn where no episode ever ends. */
function warned(environment: AsyncVecEnv, iterations: number, episodes = 0): number[] {
  return Array.from({ length: iterations }, (_, k) => k + 1).filter((iteration) => {
    const metrics = line({ iteration, episodes, environmentSteps: 400 * iteration });
    return generalWarnings(metrics, environment, 400).length > 0;
  });
}

test("endless episodes are warned of at 1,000 steps of each copy and then at ten times as many", () => {
  const endless = countingCopies(2);
  assert.equal(warned(endless, 600), [5, 50, 500]);
  assert.equal(warned(endless, 600, 1), [], "an episode ended in each iteration");
  const limited = { ...endless, spec: { ...endless.spec, episodeLimit: 3000 } };
  assert.equal(warned(limited, 600), [], "they end some time");
  const [message] = generalWarnings(line({ environmentSteps: 2000 }), endless, 400);
  assert.match(message, /^No episode of test\/counting ended .* 1000 steps of each copy.*episodeLimit/);
});

test("episodes that no iteration can see whole are warned of at once", () => {
  const [message] = generalWarnings(line({}), countingCopies(2, { saves: false }), 400);
  assert.match(message, /ended in the 200 steps of each copy.*saveState.*stepsPerIteration/);
});

test("a policy that jumps is named", () => {
  const [message, ...others] = generalWarnings(
    line({ episodes: 3, kl: [0.01, 1e21] }),
    countingCopies(2),
    400,
  );
  assert.match(message, /policy of b moved by a mean KL of 1\.0e\+21 .*learningRate/);
  assert.equal(others, []);
  assert.equal(generalWarnings(line({ episodes: 3, kl: [0.5, 2] }), countingCopies(2), 400), []);
});

test("an environment that never ends warns in training", async () => {
  const [seen, choices] = [box(0, 1, [1]), discrete(2)];
  const show = { observations: { only: [0] } };
  const running = { rewards: { only: 1 }, terminations: { only: false }, truncations: { only: false } };
  const endless = () => ({
    ...{
      possibleAgents: ["only"],
      agents: ["only"],
      observationSpace: () => seen,
      actionSpace: () => choices,
    },
    ...{
      reset: () => show,
      step: () => ({ ...show, ...running }),
      saveState: () => ({}),
      loadState: () => {},
    },
  });
  const warnings: number[] = [];
  const model = new Model(fakeEntry, endless, { stepsPerIteration: 500, environmentCopies: 1 });
  await model.learn(2000, { onIteration: (metrics) => warnings.push(metrics.warnings.length) });
  // The algorithm of the test has something to say in its second update, too.
  assert.equal(warnings, [0, 2, 0, 0]);
});

test("sizes that no memory holds are refused with the names of their options", () => {
  const game = makeEnvironment("matrix/climbing");
  const large = { stepsPerIteration: 1e15, environmentCopies: 1, threads: 1 };
  refuses(
    () => new Mappo(game, large),
    "stepsPerIteration 1000000000000000",
    "hiddenSizes [128,128]",
    "lower",
  );
  const wide = { hiddenSizes: [1_000_000, 1_000_000], threads: 1 };
  refuses(() => new Mappo(game, wide), "hiddenSizes [1000000,1000000]");
});

test.run();
