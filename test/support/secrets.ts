/** What agents keep to themselves, number by number, and the search for runs of it in what crossed. */
import { normaliseAdvantages } from "../../src/algorithms/matrpo/advantage-normalisation.ts";
import type { MatrpoAlgorithm } from "../../src/algorithms/matrpo/matrpo.ts";
import { createArena } from "../../src/kernels/arena.ts";
import { type MlpShape, mlpLayout, predictMlp } from "../../src/nn/mlp.ts";
import { flatten } from "../../src/nn/parameters.ts";
import { estimateAdvantages } from "../../src/rollouts/advantages.ts";
import type { Batch } from "../../src/rollouts/batch.ts";
import { gossipLinks } from "./neighbourhood.ts";

const arena = createArena();

/** By name. */
export type Secrets = Map<string, Float32Array>;

/** Everything private that an update uses; intermediate results are computed again from what the agents own. */
export function keepSecrets(secrets: Secrets, when: string, batch: Batch, algorithm: MatrpoAlgorithm): void {
  const { settings, topology } = algorithm;
  const { tensors } = algorithm.save();
  const heads = batch.actions.length / batch.rows;
  const advantages = batch.agents.map((own, i) => {
    const { observations, cutObservations, rewards } = own;
    const sizes = [observations.length / batch.rows, ...settings.hiddenSizes, 1];
    const shape: MlpShape = { sizes, activation: settings.activation };
    const parameters = flatten(mlpLayout(shape, `agents.${i}.value.`), tensors);
    const values = predictMlp(arena, shape, parameters, observations, batch.rows);
    const cutValues = predictMlp(arena, shape, parameters, cutObservations, batch.cuts.length);
    const estimates = estimateAdvantages(arena, batch, rewards, values, cutValues, settings);
    const known = { observations, cutObservations, rewards, values, cutValues, ...estimates };
    for (const [name, array] of Object.entries(known)) {
      secrets.set(`${name} of agent ${i}, ${when}`, array.slice());
    }
    return estimates.advantages;
  });
  const alive = batch.agents.map((own) => own.alive);
  const scaled = normaliseAdvantages(advantages, alive, settings.advantageNormalisation, {
    links: gossipLinks(topology),
    rounds: 1,
  });
  for (const [i, own] of scaled.entries()) {
    const repeated = Float32Array.from({ length: batch.rows * heads }, (_, m) => own[Math.floor(m / heads)]);
    secrets.set(`normalised advantages of agent ${i}, ${when}`, own);
    secrets.set(`normalised advantages of agent ${i} for every head, ${when}`, repeated);
  }
  keepParameters(secrets, when, algorithm);
}

/** Networks and moments of the optimisers. */
export function keepParameters(secrets: Secrets, when: string, algorithm: MatrpoAlgorithm): void {
  for (const [name, { values }] of Object.entries(algorithm.save().tensors)) {
    secrets.set(`${name}, ${when}`, values);
  }
}

/** The bytes of every run of four values that are `stride` apart, except runs of one value. */
export function* windows(values: Float32Array, stride = 1): Generator<string> {
  const words = new Uint32Array(values.slice().buffer);
  for (let start = 0; start + 3 * stride < words.length; start++) {
    const four = [0, 1, 2, 3].map((k) => words[start + k * stride]);
    if (four.some((word) => word !== four[0])) yield four.join();
  }
}

/**
 * The secrets, by name, that messages show: a vector shows a run, in its order or in the column of a head; a
 * scalar shows any single number.
 */
export function leaks(
  messages: readonly (Float32Array | number)[],
  secrets: Secrets,
  heads: number,
): Set<string> {
  const runs = new Map<string, string>();
  const numbers = new Map<number, string>();
  for (const [name, values] of secrets) {
    for (const run of windows(values)) runs.set(run, name);
    for (const value of values) numbers.set(value, name);
  }
  const found = new Set<string | undefined>();
  for (const message of messages) {
    if (typeof message === "number") found.add(numbers.get(message)).add(numbers.get(Math.fround(message)));
    else
      for (const stride of [1, heads]) for (const run of windows(message, stride)) found.add(runs.get(run));
  }
  return new Set([...found].filter((name) => name !== undefined));
}
