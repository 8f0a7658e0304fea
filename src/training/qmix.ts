/** QMIX as a model. */
import type { QmixOptions } from "../algorithms/qmix/options.ts";
import { qmixEntry } from "../algorithms/registry.ts";
import type { EnvironmentSource } from "./environment-source.ts";
import { Model, type ModelOptions } from "./model.ts";

/**
 * A team that learns one value of all its members' utilities (Rashid et al. 2018), with `mixer: "vdn"` their sum.
 * @example
 * const model = new Qmix(makeEnvironment("matrix/two-step"), { seed: 1 });
 * await model.learn(20_000);
 * await model.evaluate();
 */
export class Qmix extends Model<QmixOptions> {
  /** @param environment a built-in one, a function that makes a new `ParallelEnv`, or `{ make }` with options */
  constructor(environment: EnvironmentSource, options: QmixOptions & ModelOptions = {}) {
    super(qmixEntry, environment, options);
  }
}
