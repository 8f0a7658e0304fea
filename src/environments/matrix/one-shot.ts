/**
 * Games of one move: everybody acts once, all are paid r(a₁, …, aₙ), and the episode has terminated. There is
 * nothing to see: every observation, and the central state, is the constant 1.
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
import { type EnvironmentFacts, makeSpec } from "../spec.ts";

/** Nothing decides the future of a game of one move. */
export type OneShotState = Readonly<Record<string, never>>;

/** The facts in which games of one move differ. */
export type OneShotFacts = Pick<EnvironmentFacts, "id" | "headSizes" | "bounds">;

/** What all agents are paid for what they did in `copy`, and what is measured, in the order of the names. */
export type Payment = (
  spec: EnvironmentSpec,
  batch: VecBatch,
  copy: number,
) => { readonly reward: number; readonly metrics?: readonly number[] };

/** A game of one move. @param metrics names of what `pay` measures */
export function oneShotGame(
  { id, headSizes, bounds }: OneShotFacts,
  pay: Payment,
  metrics: readonly string[] = [],
): EnvironmentDefinition<OneShotState> {
  const spec = makeSpec({
    id,
    agents: headSizes.map((_, i) => `agent_${i}`),
    observationSizes: headSizes.map(() => 1),
    stateSize: 1,
    headSizes,
    ...(bounds && { bounds }),
    episodeLimit: 1,
    metrics,
  });
  return { spec, create: () => new OneShot(spec, pay) };
}

/**
 * A game of one move with a payoff for every joint action.
 * @param choices how many actions each agent has
 * @param payoff row-major over joint actions, the last agent's action fastest
 */
export function payoffGame(
  id: string,
  choices: readonly number[],
  payoff: ArrayLike<number>,
): EnvironmentDefinition<OneShotState> {
  const best = Math.max(...Array.from(payoff));
  const pay: Payment = (spec, batch, copy) => {
    let joint = 0;
    for (let i = 0; i < choices.length; i++) joint = joint * choices[i] + readChoice(spec, batch, copy, i);
    const reward = payoff[joint];
    return { reward, metrics: [reward === best ? 1 : 0] };
  };
  return oneShotGame({ id, headSizes: choices.map((n) => [n]) }, pay, [OPTIMAL]);
}

/** The metric of a game with a best reward: 1 when it was paid. */
export const OPTIMAL = "optimal";

class OneShot implements EnvironmentInstance<OneShotState> {
  readonly #spec: EnvironmentSpec;
  readonly #pay: Payment;

  constructor(spec: EnvironmentSpec, pay: Payment) {
    this.#spec = spec;
    this.#pay = pay;
  }

  reset(): void {}

  step(copy: number, _random: Random, batch: VecBatch): StepOutcome {
    const { reward, metrics = [] } = this.#pay(this.#spec, batch, copy);
    const agents = this.#spec.agents.length;
    batch.rewards.fill(reward, copy * agents, (copy + 1) * agents);
    for (const [i, value] of metrics.entries()) batch.metrics[copy * metrics.length + i] += value;
    return StepOutcome.terminated;
  }

  observe(copy: number, { observations, state }: VecBatch): void {
    const agents = this.#spec.agents.length;
    observations.fill(1, copy * agents, (copy + 1) * agents);
    state[copy] = 1;
  }

  saveState(): OneShotState {
    return {};
  }

  loadState(_copy: number, state: OneShotState): void {
    validate(v.strictObject({}), state, `state of ${this.#spec.id}`);
  }
}
