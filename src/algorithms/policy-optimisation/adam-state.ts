/** Adam's state among an algorithm's named tensors and facts. */
import type { Adam } from "../../optim/adam.ts";
import type { AlgorithmState } from "../algorithm.ts";

export function saveAdam(adam: Adam, name: string): AlgorithmState {
  const { m, v, ...counters } = adam.save();
  return {
    tensors: {
      [`${name}.m`]: { shape: [m.length], values: m },
      [`${name}.v`]: { shape: [v.length], values: v },
    },
    facts: { [name]: counters },
  };
}

export function loadAdam(adam: Adam, name: string, { tensors, facts }: AlgorithmState): void {
  const counters = facts[name] as { step: number; beta1Power: number; beta2Power: number };
  adam.load({ m: tensors[`${name}.m`].values, v: tensors[`${name}.v`].values, ...counters });
}
