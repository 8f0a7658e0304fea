/** MATRPO as a model. */
import type { MatrpoOptions } from "../algorithms/matrpo/options.ts";
import { matrpoEntry } from "../algorithms/registry.ts";
import type { EnvironmentSource } from "./environment-source.ts";
import { Model, type ModelOptions } from "./model.ts";

/**
 * Multi-agent trust-region policy optimisation (Li & He 2020): agents share log-likelihood ratios only.
 * @example
 * const model = new Matrpo(cooperativeNavigation({ agents: 3 }), { seed: 1 });
 * await model.learn(600_000, { onIteration: ({ meanReturn }) => console.log(meanReturn) });
 */
export class Matrpo extends Model<MatrpoOptions> {
  /** @param environment a built-in one, a function that makes a new `ParallelEnv`, or `{ make }` with options */
  constructor(environment: EnvironmentSource, options: MatrpoOptions & ModelOptions = {}) {
    super(matrpoEntry, environment, options);
  }
}
