/**
 * A world of two agents in which it matters who sees and who is paid. At every step each agent sees a letter, 0 or 1,
 * and names one. It is paid 1 if its letter was named by the addressee: itself ("self") or its fellow ("other").
 * Episodes have STEPS steps; at best both are paid at every step.
 */
import type { EnvironmentDefinition } from "../../src/environments/environment.ts";
import { StepOutcome } from "../../src/environments/environment.ts";
import { makeSpec } from "../../src/environments/spec.ts";
import type { Random } from "../../src/tensor/random.ts";

type Letters = readonly number[];

export const STEPS = 10;

export function mailboxWorld(addressee: "self" | "other"): EnvironmentDefinition<Letters> {
  const spec = makeSpec({
    id: "test/mailbox",
    agents: ["left", "right"],
    observationSizes: [1, 1],
    headSizes: [[2], [2]],
    episodeLimit: STEPS,
  });
  const draw = (random: Random): Letters => [random.integer(2), random.integer(2)];
  return {
    spec,
    create(copies) {
      const letters: Letters[] = new Array(copies).fill([0, 0]);
      return {
        reset(copy, random) {
          letters[copy] = draw(random);
        },
        step(copy, random, { actions, rewards }) {
          for (const agent of [0, 1]) {
            const reader = addressee === "self" ? agent : 1 - agent;
            rewards[2 * copy + agent] = actions[2 * copy + reader] === letters[copy][agent] ? 1 : 0;
          }
          letters[copy] = draw(random);
          return StepOutcome.running;
        },
        observe: (copy, { observations }) => observations.set(letters[copy], 2 * copy),
        saveState: (copy) => letters[copy],
        loadState(copy, state) {
          letters[copy] = state;
        },
      };
    },
  };
}
