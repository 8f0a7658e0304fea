/** One categorical distribution a row, π(a) = softmax(z)[a]: the joint distribution with a single head. */
import type { Arena } from "../kernels/memory.ts";
import { JointCategorical } from "./joint.ts";

/** @param choices number of actions, ≥ 1. @throws InvalidInputError */
export function categorical(arena: Arena, choices: number): JointCategorical {
  return new JointCategorical(arena, [choices]);
}
