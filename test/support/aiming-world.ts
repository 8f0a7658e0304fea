/**
 * Two agents with real actions: each sees a number from −1 to 1 and is paid −(a − x)² for an action a beside x = half of
 * what it sees. Episodes have 5 steps.
 */
import { type EnvironmentDefinition, StepOutcome } from "../../src/environments/environment.ts";
import { makeSpec } from "../../src/environments/spec.ts";
import type { Random } from "../../src/tensor/random.ts";

type Seen = readonly number[];

const bound = { low: [-2], high: [2] };
const spec = makeSpec({
  id: "test/aiming",
  agents: ["left", "right"],
  observationSizes: [1, 1],
  headSizes: [[], []],
  bounds: [bound, bound],
  episodeLimit: 5,
});

export function aimingWorld(): EnvironmentDefinition<Seen> {
  const draw = (random: Random): Seen => [random.uniform(-1, 1), random.uniform(-1, 1)];
  return {
    spec,
    create(copies) {
      const seen: Seen[] = new Array(copies).fill([0, 0]);
      return {
        reset(copy, random) {
          seen[copy] = draw(random);
        },
        step(copy, random, { actions, rewards }) {
          for (const agent of [0, 1]) {
            rewards[2 * copy + agent] = -((actions[2 * copy + agent] - seen[copy][agent] / 2) ** 2);
          }
          seen[copy] = draw(random);
          return StepOutcome.running;
        },
        observe: (copy, { observations }) => observations.set(seen[copy], 2 * copy),
        saveState: (copy) => seen[copy],
        loadState(copy, state) {
          seen[copy] = state;
        },
      };
    },
  };
}
