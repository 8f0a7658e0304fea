/** The TRPO baselines as models. */
import { trpoCentralEntry, trpoIndependentEntry } from "../algorithms/registry.ts";
import type { TrpoCentralOptions, TrpoIndependentOptions } from "../algorithms/trpo/options.ts";
import type { EnvironmentSource } from "./environment-source.ts";
import { Model, type ModelOptions } from "./model.ts";

/**
 * Centralised TRPO: one learner sees the environment's state (all observations when it has none), chooses every
 * agent's action and is paid the sum of their rewards. `predict` takes `{ team: state }`.
 * @example
 * const model = new TrpoCentral(cooperativeNavigation({ agents: 3 }), { seed: 1 });
 * await model.learn(600_000);
 */
export class TrpoCentral extends Model<TrpoCentralOptions> {
  /** @param environment a built-in one, a function that makes a new `ParallelEnv`, or `{ make }` with options */
  constructor(environment: EnvironmentSource, options: TrpoCentralOptions & ModelOptions = {}) {
    super(trpoCentralEntry, environment, options);
  }
}

/** Independent TRPO: every agent learns alone, as if the others were part of the world. */
export class TrpoIndependent extends Model<TrpoIndependentOptions> {
  /** @param environment a built-in one, a function that makes a new `ParallelEnv`, or `{ make }` with options */
  constructor(environment: EnvironmentSource, options: TrpoIndependentOptions & ModelOptions = {}) {
    super(trpoIndependentEntry, environment, options);
  }
}
