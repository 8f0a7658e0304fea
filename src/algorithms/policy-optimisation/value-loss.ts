/**
 * The loss of one value: max(h(R − V), h(R − V′)) with V′ = V_old + clip(V − V_old, ±ε), so that a step far from the old
 * value gains nothing, and h the Huber loss e²/2 for |e| ≤ δ, δ(|e| − δ/2) beyond, on both sides. All in normalised units.
 */
import {
  abs,
  add,
  clip,
  greater,
  maximum,
  scale,
  square,
  subtract,
  where,
} from "../../autodiff/operations.ts";
import type { Tensor } from "../../tensor/tensor.ts";

export interface ValueLossOptions {
  /** ε, Infinity for a loss without clip. */
  readonly clip: number;
  /** δ, Infinity for squares. */
  readonly huberDelta: number;
}

/** One sample's loss. */
export function valueLoss(value: number, old: number, target: number, options: ValueLossOptions): number {
  const kept = old + Math.max(-options.clip, Math.min(options.clip, value - old));
  return Math.max(huber(target - value, options.huberDelta), huber(target - kept, options.huberDelta));
}

function huber(error: number, delta: number): number {
  const size = Math.abs(error);
  return size <= delta ? (error * error) / 2 : delta * (size - delta / 2);
}

/** [rows] losses of values [rows]. */
export function valueLossTensor(
  values: Tensor,
  old: Float32Array,
  targets: Float32Array,
  { clip: epsilon, huberDelta }: ValueLossOptions,
): Tensor {
  const free = huberTensor(subtract(targets, values), huberDelta);
  if (epsilon === Number.POSITIVE_INFINITY) return free;
  const kept = add(clip(subtract(values, old), -epsilon, epsilon), old);
  return maximum(free, huberTensor(subtract(targets, kept), huberDelta));
}

function huberTensor(error: Tensor, delta: number): Tensor {
  const inside = scale(square(error), 0.5);
  if (delta === Number.POSITIVE_INFINITY) return inside;
  const size = abs(error);
  return where(greater(size, delta), scale(subtract(size, delta / 2), delta), inside);
}
