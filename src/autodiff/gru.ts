/**
 * Gated recurrent units (Cho et al. 2014, in PyTorch's form) over sequences whose rows are ordered by time:
 *   r = σ(aᵣ + cᵣ), z = σ(a_z + c_z), n = tanh(aₙ + r cₙ), h′ = n + z(h − n), with c = h W + b.
 */
import { formatShape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { InvalidInputError } from "../validation/errors.ts";
import { matmul } from "./linear.ts";
import { add, multiply, sigmoid, subtract, tanh } from "./operations.ts";
import { concat, gather, requireMatrix, slice } from "./shaping.ts";
import { type Operand, record, tapeOf } from "./tape.ts";

export interface GruOperands {
  /** The input's part of the gates r, z, n, [rows, 3·size], row = step·sequences + sequence. */
  readonly gates: Tensor;
  /** [size, 3·size] and [3·size]. */
  readonly weight: Operand;
  readonly bias: Operand;
  /** The memory before the first step, [sequences, size]. */
  readonly initial: Operand;
  /** [rows], 1 where the memory is cleared before the row: no gradient passes there. Copied. */
  readonly starts: Uint8Array;
}

/** The memory after each row, [rows, size]. @throws InvalidInputError when sizes do not fit */
export function gru({ gates, weight, bias, initial, starts }: GruOperands): Tensor {
  const tape = tapeOf([gates], "gru");
  const [w, b, memory] = [weight, bias, initial].map((operand) => tape.lift(operand, "gru"));
  const [rows, width] = requireMatrix("gru", gates);
  const [sequences, size] = requireMatrix("gru", memory);
  const fits =
    width === 3 * size &&
    formatShape(w.shape) === formatShape([size, width]) &&
    formatShape(b.shape) === formatShape([width]);
  if (!fits || rows % sequences !== 0 || starts.length !== rows) {
    const shapes = [gates, w, b, memory].map(({ shape }) => formatShape(shape)).join(", ");
    throw new InvalidInputError(
      `gru: shapes ${shapes} and ${starts.length} starts do not fit; give gates [steps·sequences, 3·size], ` +
        "weight [size, 3·size], bias [3·size], initial [sequences, size] and a start a row.",
    );
  }
  return record("gru", [gates, w, b, memory], { starts: starts.slice() });
}

/** The same from smaller operations: how the fast rule is differentiated where it has no rule of its own. */
export function composedGru([gates, weight, bias, initial]: readonly Tensor[], starts: Uint8Array): Tensor {
  const [sequences, size] = initial.shape;
  const steps = gates.shape[0] / sequences;
  const part = (x: Tensor, gate: number) => {
    const indices = Int32Array.from({ length: sequences * size }, (_, i) => gate * size + (i % size));
    return gather(x, indices, size);
  };
  let memory = initial;
  const outputs: Tensor[] = [];
  for (let step = 0; step < steps; step++) {
    const [first, end] = [step * sequences, (step + 1) * sequences];
    const kept = Float32Array.from(starts.subarray(first, end), (start) => (start === 0 ? 1 : 0));
    const h = multiply(memory, { shape: [sequences, 1], values: kept });
    const a = slice(gates, first, end);
    const c = add(matmul(h, weight), bias);
    const [r, z] = [0, 1].map((gate) => sigmoid(add(part(a, gate), part(c, gate))));
    const n = tanh(add(part(a, 2), multiply(r, part(c, 2))));
    memory = add(n, multiply(z, subtract(h, n)));
    outputs.push(memory);
  }
  return concat(outputs);
}
