/**
 * The network of an agent: utilities Q(o, ·) of its choices. Dense, ReLU, then a gated recurrent unit (Cho et al. 2014)
 *   r = σ(x Wᵣ + h Uᵣ + bᵣ)   z = σ(x W_z + h U_z + b_z)   n = tanh(x Wₙ + bₙ + r ⊙ (h Uₙ + cₙ))   h ← (1 − z) n + z h
 * or a second dense layer, then a dense output.
 */
import { dense, matmul } from "../../autodiff/linear.ts";
import { add, multiply, sigmoid, subtract, tanh } from "../../autodiff/operations.ts";
import { concat } from "../../autodiff/shaping.ts";
import type { Tape } from "../../autodiff/tape.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { denseParameters, type Lookup, type Parameter } from "./parameters.ts";

export interface UtilityShape {
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly recurrent: boolean;
  readonly outputSize: number;
}

/** In the order of the flat vector. */
export function utilityParameters({
  inputSize,
  hiddenSize,
  recurrent,
  outputSize,
}: UtilityShape): Parameter[] {
  const gates = ["reset", "update", "new"].flatMap((gate) => [
    ...denseParameters(gate, hiddenSize, hiddenSize),
    { name: `${gate}.recurrent`, shape: [hiddenSize, hiddenSize], fan: hiddenSize },
  ]);
  return [
    ...denseParameters("input", inputSize, hiddenSize),
    ...(recurrent
      ? [...gates, { name: "new.recurrentBias", shape: [hiddenSize], fan: hiddenSize }]
      : denseParameters("hidden", hiddenSize, hiddenSize)),
    ...denseParameters("output", hiddenSize, outputSize),
  ];
}

/** One step: utilities [rows, outputSize], and what a recurrent agent remembers then. */
export interface UtilityStep {
  readonly utilities: Tensor;
  /** [rows, hiddenSize]; unused without a memory. */
  readonly memory: Tensor;
}

/** The step of input[rows, inputSize] with memory[rows, hiddenSize]. */
export function utilityStep(
  { recurrent }: UtilityShape,
  parameter: Lookup,
  input: Tensor,
  memory: Tensor,
): UtilityStep {
  const layer = (name: string, x: Tensor, activation: "relu" | "identity"): Tensor =>
    dense(x, parameter(`${name}.weight`), parameter(`${name}.bias`), activation);
  const x = layer("input", input, "relu");
  if (!recurrent) return { utilities: layer("output", layer("hidden", x, "relu"), "identity"), memory };
  const gate = (name: string): Tensor =>
    sigmoid(add(layer(name, x, "identity"), matmul(memory, parameter(`${name}.recurrent`))));
  const remembered = dense(memory, parameter("new.recurrent"), parameter("new.recurrentBias"));
  const fresh = tanh(add(layer("new", x, "identity"), multiply(gate("reset"), remembered)));
  const next = add(fresh, multiply(gate("update"), subtract(memory, fresh)));
  return { utilities: layer("output", next, "identity"), memory: next };
}

/** Utilities [steps · rows, outputSize] of whole episodes: inputs[steps, rows, inputSize], memories that start at zero. */
export function utilitiesOverTime(
  tape: Tape,
  shape: UtilityShape,
  parameter: Lookup,
  inputs: Float32Array,
  rows: number,
): Tensor {
  const size = rows * shape.inputSize;
  if (!shape.recurrent) {
    const all = tape.lift(
      { shape: [inputs.length / shape.inputSize, shape.inputSize], values: inputs },
      "inputs",
    );
    return utilityStep(shape, parameter, all, all).utilities;
  }
  let memory = tape.fill(0, [rows, shape.hiddenSize]);
  const steps: Tensor[] = [];
  for (let at = 0; at < inputs.length; at += size) {
    const values = inputs.subarray(at, at + size);
    const input = tape.lift({ shape: [rows, shape.inputSize], values }, "inputs");
    const step = utilityStep(shape, parameter, input, memory);
    steps.push(step.utilities);
    memory = step.memory;
  }
  return concat(steps);
}
