/** Tasks with discrete actions that are always legal. */
import type { TaskShape } from "../../src/algorithms/algorithm.ts";

export function discreteTask(facts: Pick<TaskShape, "agents" | "observationSizes" | "headSizes">): TaskShape {
  const actionSizes = facts.headSizes.map(({ length }) => length);
  return { ...facts, action: "discrete", actionSizes, masked: false, stateSize: 0, agentStateSize: 0 };
}
