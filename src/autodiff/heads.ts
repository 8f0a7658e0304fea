/**
 * Categorical distributions over several heads: a row of [rows, Σ sizes] holds the heads side by side.
 * Impossible choices have log p = −∞; they count as 0 in entropies and divergences and get no gradient. A choice that was
 * possible and is not any more should make the divergence ∞; it counts as about 10³⁰ times its p, without a gradient.
 */
import { formatShape, requireShape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { InvalidInputError } from "../validation/errors.ts";
import { matmul } from "./linear.ts";
import { exp, maximum, multiply, negate, subtract } from "./operations.ts";
import { gather, requireMatrix } from "./shaping.ts";
import { type Constant, record, tapeOf } from "./tape.ts";

/** Stands for −∞ beside a probability of 0: 0 · LOWEST is 0, where 0 · −∞ would be NaN. */
export const LOWEST = -1e30;

/** Log-probabilities [rows, Σ sizes] of logits, normalised head by head. */
export function logSoftmax(logits: Tensor, sizes: readonly number[]): Tensor {
  requireHeads("logSoftmax", logits, sizes);
  return record("logSoftmax", [logits], { sizes: [...sizes] });
}

/** Log-probabilities [rows, heads] of the actions [rows, heads], each counted from 0 within its head. */
export function logProb(logProbs: Tensor, actions: Int32Array, sizes: readonly number[]): Tensor {
  requireHeads("logProb", logProbs, sizes);
  requireShape("logProb: actions", [logProbs.shape[0], sizes.length], actions.length);
  const starts = headStarts(sizes);
  const wrong = actions.findIndex((action, i) => action < 0 || action >= sizes[i % sizes.length]);
  if (wrong >= 0) {
    const head = wrong % sizes.length;
    throw new InvalidInputError(
      `logProb: action ${actions[wrong]} of head ${head} is out of range; give 0 to ${sizes[head] - 1}.`,
    );
  }
  const indices = actions.map((action, i) => starts[i % sizes.length] + action);
  return gather(logProbs, indices, sizes.length);
}

/** −Σ p log p, [rows, heads]. */
export function entropy(logProbs: Tensor, sizes: readonly number[]): Tensor {
  requireHeads("entropy", logProbs, sizes);
  return negate(headSums(multiply(exp(logProbs), maximum(logProbs, LOWEST)), sizes));
}

/** −Σ p log p of the softmax of each head, [rows, heads], from logits; a logit of −∞ is an impossible choice. */
export function softmaxEntropy(logits: Tensor, sizes: readonly number[]): Tensor {
  requireHeads("softmaxEntropy", logits, sizes);
  return record("softmaxEntropy", [logits], { sizes: [...sizes] });
}

/** The same from smaller operations: how the fast rule is differentiated where it has no rule of its own. */
export function composedSoftmaxEntropy(logits: Tensor, sizes: readonly number[]): Tensor {
  return entropy(logSoftmax(logits, sizes), sizes);
}

/** KL(old‖new) = Σ p_old (log p_old − log p_new), [rows, heads], of log-probabilities. */
export function klDivergence(
  oldLogProbs: Tensor | Constant,
  newLogProbs: Tensor | Constant,
  sizes: readonly number[],
): Tensor {
  const tape = tapeOf([oldLogProbs, newLogProbs], "klDivergence");
  const [before, after] = [oldLogProbs, newLogProbs].map((operand) => {
    const tensor = tape.lift(operand, "klDivergence");
    requireHeads("klDivergence", tensor, sizes);
    return tensor;
  });
  const logRatio = subtract(maximum(before, LOWEST), maximum(after, LOWEST));
  return headSums(multiply(exp(before), logRatio), sizes);
}

/** Sums of x[rows, Σ sizes] over each head, [rows, heads]. */
export function headSums(x: Tensor, sizes: readonly number[]): Tensor {
  return matmul(x, membership(sizes));
}

/** x[rows, heads] repeated over each head, [rows, Σ sizes]; the transpose of `headSums`. */
export function headSpread(x: Tensor, sizes: readonly number[]): Tensor {
  return matmul(x, membership(sizes), "second");
}

/** [Σ sizes, heads], 1 where the choice belongs to the head. */
function membership(sizes: readonly number[]) {
  const starts = headStarts(sizes);
  const width = sizes.reduce((total, size) => total + size, 0);
  const values = new Float32Array(width * sizes.length);
  for (const [head, size] of sizes.entries()) {
    for (let i = 0; i < size; i++) values[(starts[head] + i) * sizes.length + head] = 1;
  }
  return { shape: [width, sizes.length], values };
}

function headStarts(sizes: readonly number[]): number[] {
  let start = 0;
  return sizes.map((size) => {
    start += size;
    return start - size;
  });
}

function requireHeads(operation: string, x: Tensor, sizes: readonly number[]): void {
  const columns = requireMatrix(operation, x)[1];
  const width = sizes.reduce((total, size) => total + size, 0);
  if (sizes.every((size) => Number.isInteger(size) && size > 0) && width === columns) return;
  throw new InvalidInputError(
    `${operation}: heads [${sizes.join(", ")}] do not fit shape ${formatShape(x.shape)}; ` +
      `give sizes ≥ 1 that add up to ${columns}.`,
  );
}
