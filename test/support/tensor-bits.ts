/** What learners are compared by. */
import type { Algorithm } from "../../src/algorithms/algorithm.ts";

/** All numbers of the tensors that an algorithm would save, one after another. */
export function bits(algorithm: Algorithm): Float32Array {
  const { tensors } = algorithm.save();
  const names = Object.keys(tensors).sort();
  return Float32Array.from(names.flatMap((name) => Array.from(tensors[name].values)));
}
