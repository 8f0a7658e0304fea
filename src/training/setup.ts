/** From a resolved configuration to things that run. */
import type { AsyncVecEnv } from "../environments/environment.ts";
import { vectorise } from "../environments/vectorise.ts";
import { Learner } from "./learner.ts";
import { type Catalogue, catalogue, find, type RunConfig } from "./run-config.ts";

/** A learner at its first iteration. */
export function makeLearner(config: RunConfig, known: Catalogue = catalogue): Learner {
  const entry = find(known.algorithms, config.algorithm, "algorithm");
  const environment = makeRunEnvironment(config, config.options.environmentCopies, known);
  return new Learner(entry, config.options, environment, config.seed);
}

/** The environment of a run with this many copies. */
export function makeRunEnvironment(
  config: RunConfig,
  copies: number,
  known: Catalogue = catalogue,
): AsyncVecEnv {
  const entry = find(known.environments, config.environment, "environment");
  return vectorise(entry.load(config.environmentOptions), { copies });
}
