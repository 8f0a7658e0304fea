/**
 * Preserving outputs while the scale of values changes (PopArt, van Hasselt et al. 2016): the output layer takes over
 * the change, W ← W σ₀/σ and b ← (σ₀b + μ₀ − μ)/σ, so that μ + σ·output stays what it was.
 */
import { type NetworkShape, networkPlan } from "./network.ts";
import type { ValueNorm, ValueScale } from "./value-norm.ts";

/** Updates the statistics with targets and keeps the values that the network gives, by changing `parameters` in place. */
export function updatePreserving(
  norm: ValueNorm,
  targets: ArrayLike<number>,
  shape: NetworkShape,
  parameters: Float32Array,
): void {
  const before = norm.scale;
  norm.update(targets);
  rescaleOutputs(shape, parameters, before, norm.scale);
}

/** Changes the output layer in place so that values under `after` are those that were under `before`. */
export function rescaleOutputs(
  shape: NetworkShape,
  parameters: Float32Array,
  before: ValueScale,
  after: ValueScale,
): void {
  const { weight, bias } = networkPlan(shape).output;
  const ratio = before.deviation / after.deviation;
  const [rows, columns] = weight.shape;
  for (let i = weight.offset; i < weight.offset + rows * columns; i++) parameters[i] *= ratio;
  for (let i = bias.offset; i < bias.offset + columns; i++) {
    parameters[i] = (before.deviation * parameters[i] + before.mean - after.mean) / after.deviation;
  }
}
