/**
 * Derivatives along a tape: the reverse sweep carries cotangents from the output back, the forward sweep carries
 * tangents on. Both append what they compute to the same tape, so a derivative can be differentiated again.
 */
import type { Tensor } from "../tensor/tensor.ts";
import { add } from "./operations.ts";
import type { Tape, TapeNode } from "./tape.ts";

/** Jᵀ·cotangent for each input, where J is the derivative of `output` by `inputs`. */
export function pullBack(tape: Tape, output: Tensor, cotangent: Tensor, inputs: readonly Tensor[]): Tensor[] {
  const depends = dependents(tape, inputs, output);
  const cotangents = new Map([[output.id, cotangent]]);
  const first = firstOf(inputs);
  for (let id = output.id; id >= first; id--) {
    const g = cotangents.get(id);
    if (g === undefined || !depends.has(id)) continue;
    const node = tape.nodes[id];
    for (const [i, map] of node.derivative().entries()) {
      const input = node.inputs[i].id;
      if (map === null || !depends.has(input)) continue;
      const sofar = cotangents.get(input);
      cotangents.set(input, sofar ? add(sofar, map.vjp(g)) : map.vjp(g));
    }
  }
  return inputs.map(({ id, shape }) => cotangents.get(id) ?? tape.fill(0, shape));
}

/** J·tangents for each output, where J is its derivative by `inputs`. */
export function pushForward(
  tape: Tape,
  outputs: readonly Tensor[],
  inputs: readonly Tensor[],
  tangents: readonly Tensor[],
): Tensor[] {
  const known = new Map(inputs.map(({ id }, i) => [id, tangents[i]]));
  const last = Math.max(...outputs.map(({ id }) => id));
  for (let id = firstOf(inputs); id <= last; id++) {
    if (known.has(id)) continue;
    const node = tape.nodes[id];
    const arriving = node.inputs.map((input) => known.get(input.id));
    if (arriving.every((tangent) => tangent === undefined)) continue;
    const tangent = node.tangent(arriving) ?? sumOfParts(node, arriving);
    if (tangent) known.set(id, tangent);
  }
  return outputs.map(({ id, shape }) => known.get(id) ?? tape.fill(0, shape));
}

/** The operands' parts of a tangent, one after another. */
function sumOfParts(node: TapeNode, tangents: readonly (Tensor | undefined)[]): Tensor | undefined {
  let sum: Tensor | undefined;
  for (const [i, map] of node.derivative().entries()) {
    const tangent = tangents[i];
    if (map === null || tangent === undefined) continue;
    sum = sum ? add(sum, map.jvp(tangent)) : map.jvp(tangent);
  }
  return sum;
}

/** The nodes up to `output` that are made from the inputs, these included. */
function dependents(tape: Tape, inputs: readonly Tensor[], output: Tensor): Set<number> {
  const found = new Set(inputs.map(({ id }) => id));
  for (let id = firstOf(inputs); id <= output.id; id++) {
    if (tape.nodes[id].inputs.some((input) => found.has(input.id))) found.add(id);
  }
  return found;
}

function firstOf(inputs: readonly Tensor[]): number {
  return Math.min(...inputs.map(({ id }) => id));
}
