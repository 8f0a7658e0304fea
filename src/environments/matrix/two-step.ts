/**
 * The two-step game of Rashid et al. 2018 (QMIX): in the first step agent 0 alone decides which game comes second and
 * nobody is paid; game A pays 7 whatever happens, game B [[0, 1], [1, 8]]. All see which step and game it is, one-hot.
 * A value that is a sum of the agents' own values cannot show that B is better.
 */
import * as v from "valibot";
import type { Random } from "../../tensor/random.ts";
import { validate } from "../../validation/validate.ts";
import { readChoice } from "../choices.ts";
import type {
  EnvironmentDefinition,
  EnvironmentInstance,
  EnvironmentSpec,
  VecBatch,
} from "../environment.ts";
import { StepOutcome } from "../environment.ts";
import type { EnvironmentEntry } from "../registry.ts";
import { makeSpec } from "../spec.ts";
import { OPTIMAL } from "./one-shot.ts";

export const TWO_STEP_ID = "matrix/two-step";
const AGENTS = 2;
/** What can be at hand: 0 the first step, 1 game A, 2 game B. */
const STAGES = 3;
const PAYOFF_A = 7;
const PAYOFF_B = [0, 1, 1, 8] as const;
const BEST = 8;

const noOptions = v.strictObject({});
const stageSchema = v.strictObject({
  stage: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(STAGES - 1)),
});

/** One copy. */
export interface TwoStepState {
  /** 0 the first step, 1 game A, 2 game B. */
  readonly stage: number;
}

/** @throws InvalidInputError for any option */
export function twoStep(options: object = {}): EnvironmentDefinition<TwoStepState> {
  validate(noOptions, options, TWO_STEP_ID);
  const spec = makeSpec({
    id: TWO_STEP_ID,
    agents: ["agent_0", "agent_1"],
    observationSizes: [STAGES, STAGES],
    stateSize: STAGES,
    headSizes: [[2], [2]],
    episodeLimit: 2,
    metrics: [OPTIMAL],
  });
  return { spec, create: (copies) => new TwoStep(spec, copies) };
}

export const twoStepEntry: EnvironmentEntry = {
  id: TWO_STEP_ID,
  description: "Two moves: agent 0 chooses between a sure 7 and a game that pays 8 to those who agree.",
  schema: noOptions,
  load: twoStep,
};

class TwoStep implements EnvironmentInstance<TwoStepState> {
  readonly #spec: EnvironmentSpec;
  /** [copies]. */
  readonly #stages: Uint8Array;

  constructor(spec: EnvironmentSpec, copies: number) {
    this.#spec = spec;
    this.#stages = new Uint8Array(copies);
  }

  reset(copy: number): void {
    this.#stages[copy] = 0;
  }

  step(copy: number, _random: Random, batch: VecBatch): StepOutcome {
    const first = readChoice(this.#spec, batch, copy, 0);
    const second = readChoice(this.#spec, batch, copy, 1);
    const stage = this.#stages[copy];
    const reward = stage === 0 ? 0 : stage === 1 ? PAYOFF_A : PAYOFF_B[2 * first + second];
    batch.rewards.fill(reward, copy * AGENTS, (copy + 1) * AGENTS);
    batch.metrics[copy] += reward === BEST ? 1 : 0;
    if (stage > 0) return StepOutcome.terminated;
    this.#stages[copy] = 1 + first;
    return StepOutcome.running;
  }

  observe(copy: number, { observations, state }: VecBatch): void {
    const stage = this.#stages[copy];
    for (let k = 0; k < STAGES; k++) {
      const at = k === stage ? 1 : 0;
      state[copy * STAGES + k] = at;
      for (let i = 0; i < AGENTS; i++) observations[(copy * AGENTS + i) * STAGES + k] = at;
    }
  }

  saveState(copy: number): TwoStepState {
    return { stage: this.#stages[copy] };
  }

  loadState(copy: number, state: TwoStepState): void {
    this.#stages[copy] = validate(stageSchema, state, `state of ${TWO_STEP_ID}`).stage;
  }
}
