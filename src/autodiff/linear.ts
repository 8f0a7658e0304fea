/** Matrix products and dense layers. */
import type { ActivationName } from "../kernels/abi.ts";
import { formatShape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { InvalidInputError } from "../validation/errors.ts";
import { formatValue } from "../validation/format.ts";
import type { Transposed } from "./rule.ts";
import { requireMatrix } from "./shaping.ts";
import { type Operand, record, tapeOf } from "./tape.ts";

const patterns: Record<Transposed, string> = {
  neither: "[m, k] and [k, n]",
  first: "[k, m] and [k, n]",
  second: "[m, k] and [n, k]",
};

/**
 * A·B, or with `transposed` "first" Aᵀ·B and "second" A·Bᵀ.
 * @throws InvalidInputError when the inner sizes differ, or `transposed` is another word.
 */
export function matmul(a: Operand, b: Operand, transposed: Transposed = "neither"): Tensor {
  if (!Object.hasOwn(patterns, transposed)) {
    throw new InvalidInputError(
      `matmul: transposed is ${formatValue(transposed)}; choose one of ${Object.keys(patterns).join(", ")}.`,
    );
  }
  const [left, right] = lifted("matmul", a, b);
  const inner = requireMatrix("matmul", left)[transposed === "first" ? 0 : 1];
  if (inner !== requireMatrix("matmul", right)[transposed === "second" ? 1 : 0]) {
    throw new InvalidInputError(
      `matmul: shapes ${formatShape(left.shape)} and ${formatShape(right.shape)} do not fit; ` +
        `with ${transposed} operand transposed they must be ${patterns[transposed]}.`,
    );
  }
  return record("matmul", [left, right], { transposed });
}

/**
 * A layer in one pass: activation(x[m,k]·w[k,n] + b[n]).
 * @param activation of the layer. @defaultValue "identity"
 * @throws InvalidInputError when the sizes do not fit or the activation is unknown.
 */
export function dense(x: Operand, w: Operand, b: Operand, activation: ActivationName = "identity"): Tensor {
  const [input, weight, bias] = lifted("dense", x, w, b);
  const inner = requireMatrix("dense", input)[1];
  const [rows, columns] = requireMatrix("dense", weight);
  if (inner !== rows || bias.shape.length !== 1 || bias.shape[0] !== columns) {
    throw new InvalidInputError(
      `dense: shapes ${[input, weight, bias].map(({ shape }) => formatShape(shape)).join(", ")} do not fit; ` +
        "give x [m, k], w [k, n] and b [n].",
    );
  }
  return record("dense", [input, weight, bias], { activation });
}

function lifted(operation: string, ...operands: readonly Operand[]): Tensor[] {
  const tape = tapeOf(operands, operation);
  return operands.map((operand) => tape.lift(operand, operation));
}
