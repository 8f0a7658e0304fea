/**
 * A user's environment in which only luck counts: −1 or 1 is drawn for every step, stands in the state and
 * nowhere else, and is paid to both agents whatever they do. Of three choices one is illegal at a time, which
 * infos say; to take it is an error. Episodes have STEPS steps.
 */
import type { ParallelEnv } from "../../src/environments/environment.ts";
import { box, discrete } from "../../src/environments/spaces.ts";
import { Random } from "../../src/tensor/random.ts";

export const STEPS = 4;

const agents = ["ann", "bob"];
const nothing = box(0, 0, [1]);
const choices = discrete(3);
const both = <T>(value: T) => ({ ann: value, bob: value });

export function luckWorld(): ParallelEnv<number[], number> {
  const random = Random.fromSeed(0);
  let [luck, step] = [0, STEPS];
  const show = () => {
    luck = 2 * random.integer(2) - 1;
    const action_mask = [0, 1, 2].map((choice) => Number(choice !== step % 3));
    return { observations: both([0]), infos: both({ action_mask }) };
  };
  return {
    possibleAgents: agents,
    get agents() {
      return step < STEPS ? agents : [];
    },
    observationSpace: () => nothing,
    actionSpace: () => choices,
    stateSpace: box(-1, 1),
    state: () => [luck],
    reset({ seed } = {}) {
      if (seed !== undefined) random.loadState(Random.fromSeed(seed).saveState());
      step = 0;
      return show();
    },
    step(actions) {
      if (Object.values(actions).includes(step % 3))
        throw new Error(`${step % 3} is illegal in step ${step}`);
      const rewards = both(luck);
      step++;
      const ended = both(step === STEPS);
      return { ...show(), rewards, terminations: both(false), truncations: ended };
    },
  };
}
