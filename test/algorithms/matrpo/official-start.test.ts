/**
 * The first iteration of preset `official` against the authors' logs (Li & He 2020): untrained agents that all draw
 * with the same noise. With noise of their own the same agents start elsewhere, so the numbers show the defect.
 */
import { test } from "uvu";
import { algorithms } from "../../../src/algorithms/registry.ts";
import { cooperativeNavigation } from "../../../src/environments/particle/cooperative-navigation.ts";
import { vectorise } from "../../../src/environments/vectorise.ts";
import type { Batch } from "../../../src/rollouts/batch.ts";
import { Collector } from "../../../src/rollouts/collector.ts";
import { Random } from "../../../src/tensor/random.ts";
import { taskShape } from "../../../src/training/learner.ts";
import { validateOptions } from "../../../src/training/run-config.ts";
import { close } from "../../support/close.ts";

const SEEDS = 5;

/** Mean return of the first iteration over `SEEDS` runs, 100 episodes each. */
function start(algorithm: string, preset: string, agents: number): number {
  const entry = algorithms[algorithm];
  const settings = validateOptions(entry, entry.presets[preset]);
  let sum = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const random = Random.fromSeed(seed);
    const environment = vectorise(cooperativeNavigation({ agents }), { copies: settings.environmentCopies });
    const collector = new Collector(environment, settings.stepsPerIteration, random.derive("environment"));
    const policy = entry.create(taskShape(environment.spec), settings, random.derive("algorithm"));
    const { episodes } = collector.collect(policy) as Batch;
    sum += episodes.returns.reduce((total, value) => total + value, 0) / episodes.count;
  }
  return sum / SEEDS;
}

test("official: −300 ± 8 with three agents, −478 ± 13 with six", () => {
  close(start("matrpo", "official", 3), -300.3, 8);
  close(start("matrpo", "official", 6), -478.2, 13);
});

test("paper, sampled correctly: −266 with three agents, −394 with six", () => {
  close(start("matrpo", "paper", 3), -265.7, 8); // standard errors 3.2 and 1.6
  close(start("matrpo", "paper", 6), -393.6, 9); // about 3.4 and 1.7
});

test.run();
