/**
 * Layer normalisation (Ba et al. 2016): y = (x − mean)·s ⊙ gain + bias a row, s = 1/√(variance + ε). With y the
 * normalised row, its derivative is the symmetric map g ↦ s(g − mean(g) − y·mean(y g)).
 */
import type { Tensor } from "../tensor/tensor.ts";
import { add, multiply } from "./operations.ts";
import { requireMatrix } from "./shaping.ts";
import { type Operand, record } from "./tape.ts";

/** ε that PyTorch and the policy-gradient codes use. */
export const LAYER_NORM_EPSILON = 1e-5;

export interface LayerNormOptions {
  /** [columns]. @defaultValue none, as if all were 1 */
  readonly gain?: Operand;
  /** [columns]. @defaultValue none, as if all were 0 */
  readonly bias?: Operand;
  /** Added to the variance. @defaultValue 1e-5 */
  readonly epsilon?: number;
}

/** Rows of x[rows,columns] with mean 0 and variance 1, then times gain and plus bias where they are given. */
export function layerNorm(x: Tensor, options: LayerNormOptions = {}): Tensor {
  const { gain, bias, epsilon = LAYER_NORM_EPSILON } = options;
  requireMatrix("layerNorm", x);
  const normal = record("layerNorm", [x], { epsilon });
  const scaled = gain === undefined ? normal : multiply(normal, gain);
  return bias === undefined ? scaled : add(scaled, bias);
}
