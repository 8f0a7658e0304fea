/**
 * Estimates of A^π̂ from samples of π, where all agents but the last have changed, in exact expectation: how far each is
 * off in units of max |A^π − A^π̂|, the error of not correcting at all. V is what the critic has learnt.
 */
import { largest } from "./measures.ts";
import {
  type Correction,
  centred,
  correctedAdvantages,
  regressionValues,
  retraceSweep,
  vtraceValues,
} from "./preopc.ts";
import type { TeamUpdate } from "./update.ts";
import { type PolicyValues, weightedSums } from "./values.ts";

export interface Estimator {
  readonly name: string;
  readonly error: (update: TeamUpdate) => number;
}

/** What an estimator may look at. */
interface Scene {
  readonly correction: Correction;
  readonly old: PolicyValues;
  readonly target: PolicyValues;
}

const LAMBDA = 0.95;
const SWEEPS = 4000;
const CONVERGED = 1e-11;

export const estimators: readonly Estimator[] = [
  advantage("A^π, not corrected", ({ old }) => old.advantages),
  advantage("GAE(.95), V = V^π", ({ correction, old }) =>
    correctedAdvantages({ ...correction, target: old.joint }, old.values),
  ),
  advantage("PreOPC(.95), V = V^π", ({ correction, old }) => correctedAdvantages(correction, old.values)),
  advantage("PreOPC(.95), V = V^π̂", ({ correction, target }) =>
    correctedAdvantages(correction, target.values),
  ),
  advantage("PreOPC(.95), V its own fixed point", ({ correction }) =>
    correctedAdvantages(correction, regressionValues(correction)),
  ),
  advantage("PreOPC(0), V = V^π̂", ({ correction, target }) =>
    correctedAdvantages({ ...correction, lambda: 0 }, target.values),
  ),
  advantage("ratios not cut, λ = .95, V = V^π̂", ({ correction, target }) =>
    correctedAdvantages({ ...correction, cut: Number.MAX_VALUE }, target.values),
  ),
  advantage("ratios not cut, λ = 1, V = V^π", ({ correction, old }) =>
    correctedAdvantages({ ...correction, cut: Number.MAX_VALUE, lambda: 1 }, old.values),
  ),
  advantage("centred A^π, not corrected", ({ correction, old }) => centred(correction, old.advantages)),
  advantage("centred PreOPC(.95), V = V^π", ({ correction, old }) =>
    centred(correction, correctedAdvantages(correction, old.values)),
  ),
  advantage("centred PreOPC(.95), V = V^π̂", ({ correction, target }) =>
    centred(correction, correctedAdvantages(correction, target.values)),
  ),
  advantage("centred PreOPC(.95), V its own fixed point", ({ correction }) =>
    centred(correction, correctedAdvantages(correction, regressionValues(correction))),
  ),
  advantage("Retrace(.95) with action values, iterated", ({ correction }) => retraceAdvantages(correction)),
  value(
    "fixed point of V to V^π̂",
    ({ correction }) => regressionValues(correction),
    ({ target }) => target,
  ),
  value(
    "fixed point of V to V^π",
    ({ correction }) => regressionValues(correction),
    ({ old }) => old,
  ),
  value(
    "fixed point of V-trace to V^π̂",
    ({ correction }) => vtraceValues(correction),
    ({ target }) => target,
  ),
];

function sceneOf({ game, stages }: TeamUpdate): Scene {
  const [old] = stages;
  const target = stages[stages.length - 2];
  return { correction: { game, behaviour: old.joint, target: target.joint, lambda: LAMBDA }, old, target };
}

const distance = (a: Float64Array, b: Float64Array): number => largest(a.map((x, at) => x - b[at]));

/** In units of max |A^π − A^π̂|. */
function advantage(name: string, estimate: (scene: Scene) => Float64Array): Estimator {
  return {
    name,
    error: (update) => {
      const scene = sceneOf(update);
      const { advantages } = scene.target;
      return distance(estimate(scene), advantages) / distance(scene.old.advantages, advantages);
    },
  };
}

/** Of value tables, in units of max |V^π − V^π̂|. */
function value(
  name: string,
  estimate: (scene: Scene) => Float64Array,
  to: (scene: Scene) => PolicyValues,
): Estimator {
  return {
    name,
    error: (update) => {
      const scene = sceneOf(update);
      return distance(estimate(scene), to(scene).values) / distance(scene.old.values, scene.target.values);
    },
  };
}

/** Q − V_Q after sweeps from Q = 0 until nothing changes. */
function retraceAdvantages(correction: Correction): Float64Array {
  const { game, target } = correction;
  let actionValues: Float64Array = new Float64Array(target.length);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const next = retraceSweep(correction, actionValues);
    const change = distance(next, actionValues);
    actionValues = next;
    if (change < CONVERGED) break;
  }
  const values = weightedSums(game, target, actionValues);
  return actionValues.map((q, at) => q - values[Math.floor(at / game.joint)]);
}
