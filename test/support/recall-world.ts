/**
 * Two agents that must remember: at the first step each sees a letter, −1 or 1, at the others 0, and beside it whether the
 * step is the last of the episode, in which an agent is paid 1 for naming its letter. Episodes have RECALL_STEPS steps.
 */
import { type EnvironmentDefinition, StepOutcome } from "../../src/environments/environment.ts";
import { makeSpec } from "../../src/environments/spec.ts";

export const RECALL_STEPS = 4;

interface Recall {
  readonly letters: readonly number[];
  readonly step: number;
}

const spec = makeSpec({
  id: "test/recall",
  agents: ["left", "right"],
  observationSizes: [2, 2],
  headSizes: [[2], [2]],
});

export function recallWorld(): EnvironmentDefinition<Recall> {
  return {
    spec,
    create(copies) {
      const states: Recall[] = new Array(copies).fill({ letters: [0, 0], step: 0 });
      return {
        reset(copy, random) {
          states[copy] = { letters: [random.integer(2), random.integer(2)], step: 0 };
        },
        step(copy, _random, { actions, rewards }) {
          const { letters, step } = states[copy];
          const last = step === RECALL_STEPS - 1;
          for (const agent of [0, 1]) {
            rewards[2 * copy + agent] = last && actions[2 * copy + agent] === letters[agent] ? 1 : 0;
          }
          states[copy] = { letters, step: step + 1 };
          return last ? StepOutcome.terminated : StepOutcome.running;
        },
        observe(copy, { observations }) {
          const { letters, step } = states[copy];
          for (const agent of [0, 1]) {
            const letter = step === 0 ? 2 * letters[agent] - 1 : 0;
            observations.set([letter, step === RECALL_STEPS - 1 ? 1 : 0], 4 * copy + 2 * agent);
          }
        },
        saveState: (copy) => states[copy],
        loadState(copy, state) {
          states[copy] = state;
        },
      };
    },
  };
}
