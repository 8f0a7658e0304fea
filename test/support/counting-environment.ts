/**
 * An environment whose numbers tell where they come from. Two agents: "a" sees [episode, step] and has one
 * choice of 3, "b" sees [episode, step, its last two actions] and has choices of 2 and 4. Rewards: a gets
 * step + 1, b minus its own first action. An episode is a number drawn below 1000, which decides how long it
 * is and how it ends.
 */
import {
  type AsyncVecEnv,
  type EnvironmentDefinition,
  StepOutcome,
  type VecBatch,
} from "../../src/environments/environment.ts";
import { makeSpec } from "../../src/environments/spec.ts";
import { vectorise } from "../../src/environments/vectorise.ts";

interface Place {
  readonly episode: number;
  readonly step: number;
  readonly last: readonly [number, number];
}

const spec = makeSpec({
  id: "test/counting",
  agents: ["a", "b"],
  observationSizes: [2, 4],
  headSizes: [[3], [2, 4]],
});

/** 2 to 5 steps; terminated or truncated. */
export const episodeLength = (episode: number): number => 2 + (episode % 4);
export const terminates = (episode: number): boolean => episode % 3 === 0;

export const countingEnvironment: EnvironmentDefinition<Place> = {
  spec,
  create(copies) {
    const places: Place[] = new Array(copies).fill({ episode: 0, step: 0, last: [0, 0] });
    return {
      reset(copy, random) {
        places[copy] = { episode: random.integer(1000), step: 0, last: [0, 0] };
      },
      step(copy, _, batch) {
        const { episode, step } = places[copy];
        const first = (copy * 2 + 1) * spec.actionSize;
        places[copy] = { episode, step: step + 1, last: [batch.actions[first], batch.actions[first + 1]] };
        batch.rewards[copy * 2] = step + 1;
        batch.rewards[copy * 2 + 1] = -batch.actions[first];
        if (step + 1 < episodeLength(episode)) return StepOutcome.running;
        return terminates(episode) ? StepOutcome.terminated : StepOutcome.truncated;
      },
      observe(copy, batch) {
        const { episode, step, last } = places[copy];
        batch.observations.set(
          [episode, step, 0, 0, episode, step, ...last],
          copy * 2 * spec.observationSize,
        );
      },
      saveState: (copy) => places[copy],
      loadState(copy, state) {
        places[copy] = state;
      },
    };
  },
};

/** The counting environment with something changed: slow, without saving, or spoiled after a step. */
export function countingCopies(
  copies: number,
  {
    slow = false,
    saves = true,
    spoil = () => {},
  }: { slow?: boolean; saves?: boolean; spoil?: (batch: VecBatch) => void } = {},
): AsyncVecEnv {
  const inner = vectorise(countingEnvironment, { copies });
  const answer = () => (slow ? new Promise<void>((resolve) => setImmediate(resolve)) : undefined);
  return {
    spec: inner.spec,
    copies,
    batch: inner.batch,
    reset(seed) {
      inner.reset(seed);
      return answer();
    },
    step() {
      inner.step();
      spoil(inner.batch);
      return answer();
    },
    ...(saves && { saveState: inner.saveState, loadState: inner.loadState }),
  };
}
