/**
 * Two agents on a clock: the state is [episode, step], each agent sees the step, has 3 choices of which step mod 3 is
 * illegal, and the second agent is gone from the third step on. Episodes end after four steps, episode 0 mod 2 by
 * termination.
 */
import { type EnvironmentDefinition, StepOutcome } from "../../src/environments/environment.ts";
import { makeSpec } from "../../src/environments/spec.ts";

interface Clock {
  readonly episode: number;
  readonly step: number;
}

export const CLOCK_STEPS = 4;
const spec = makeSpec({
  id: "test/clock",
  agents: ["first", "second"],
  observationSizes: [1, 1],
  stateSize: 2,
  headSizes: [[3], [3]],
  masked: true,
});

export const clockEnvironment: EnvironmentDefinition<Clock> = {
  spec,
  create(copies) {
    const clocks: Clock[] = new Array(copies).fill({ episode: -1, step: 0 });
    return {
      reset(copy) {
        clocks[copy] = { episode: clocks[copy].episode + 1, step: 0 };
      },
      step(copy) {
        const { episode, step } = clocks[copy];
        clocks[copy] = { episode, step: step + 1 };
        if (step + 1 < CLOCK_STEPS) return StepOutcome.running;
        return episode % 2 === 0 ? StepOutcome.terminated : StepOutcome.truncated;
      },
      observe(copy, batch) {
        const { episode, step } = clocks[copy];
        batch.observations.fill(step, copy * 2, copy * 2 + 2);
        batch.state.set([episode, step], copy * 2);
        for (let choice = 0; choice < 6; choice++)
          batch.mask[copy * 6 + choice] = choice % 3 === step % 3 ? 0 : 1;
        batch.alive.set([1, step < 2 ? 1 : 0], copy * 2);
      },
      saveState: (copy) => clocks[copy],
      loadState(copy, clock) {
        clocks[copy] = clock;
      },
    };
  },
};
