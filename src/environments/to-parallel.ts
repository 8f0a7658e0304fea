/** Shows one copy of a built-in environment as a `ParallelEnv`: to step it by hand, draw it or check it. */
import * as v from "valibot";
import { Random } from "../tensor/random.ts";
import { InvalidInputError } from "../validation/errors.ts";
import { requireKnownKeys } from "../validation/known-keys.ts";
import { didYouMean } from "../validation/suggest.ts";
import { validate } from "../validation/validate.ts";
import { complain, requireRecord } from "./contract.ts";
import type {
  Drawing,
  EnvironmentDefinition,
  EnvironmentInstance,
  EnvironmentSpec,
  ParallelEnv,
  ParallelStep,
  PerAgent,
  VecBatch,
} from "./environment.ts";
import { StepOutcome } from "./environment.ts";
import { requireDefinition } from "./require-definition.ts";
import { violation } from "./space-values.ts";
import { type Box, box, discrete, headSizes, multiDiscrete, type Space } from "./spaces.ts";
import { createBatch, reachesLimit } from "./spec.ts";

/** A number for a single choice, a list of choices, or a list of reals. */
export type ParallelAction = number | ArrayLike<number>;

const savedSchema = v.strictObject({
  state: v.unknown(),
  random: v.array(v.number()),
  steps: v.pipe(v.number(), v.integer(), v.minValue(0)),
  agents: v.array(v.string()),
});
type SavedView<State> = Omit<v.InferInput<typeof savedSchema>, "state" | "random"> & {
  readonly state: State;
  readonly random: readonly number[];
};

export interface ToParallelOptions {
  /** Copy 0 of `vectorise` with this seed plays the same episodes. @defaultValue 0 */
  readonly seed?: number | string;
}

/** @throws InvalidInputError for unknown options, and for what is no definition */
export function toParallel(
  definition: EnvironmentDefinition,
  options: ToParallelOptions = {},
): ParallelEnv<Float32Array, ParallelAction> {
  requireDefinition(definition, "toParallel");
  requireKnownKeys(options, ["seed"], "options of toParallel");
  return new ParallelView(definition, options.seed ?? 0);
}

class ParallelView<State> implements ParallelEnv<Float32Array, ParallelAction> {
  readonly possibleAgents: readonly string[];
  /** Live agents; none before the first reset. */
  agents: readonly string[] = [];
  readonly #spec: EnvironmentSpec;
  readonly #instance: EnvironmentInstance<State>;
  readonly #batch: VecBatch;
  readonly #observationSpaces: readonly Space[];
  readonly #actionSpaces: readonly Space[];
  #random: Random;
  #steps = 0;
  readonly stateSpace?: Box;
  state?: () => Float32Array;
  actionMask?: (agent: string) => Uint8Array;
  draw?: () => Drawing;

  constructor(definition: EnvironmentDefinition<State>, seed: number | string) {
    const { spec } = definition;
    this.#spec = spec;
    this.possibleAgents = spec.agents;
    this.#instance = definition.create(1);
    this.#batch = createBatch(spec, 1);
    this.#random = Random.fromSeed(seed).derive("environment", 0);
    const open = Number.POSITIVE_INFINITY;
    this.#observationSpaces = spec.observationSizes.map((size) => box(-open, open, [size]));
    this.#actionSpaces = spec.agents.map((_, slot) => actionSpace(spec, slot));
    if (spec.stateSize > 0) {
      this.stateSpace = box(-open, open, [spec.stateSize]);
      this.state = () => this.#batch.state.slice();
    }
    if (spec.maskSize > 0) this.actionMask = (agent) => this.#mask(agent);
    if (this.#instance.draw) this.draw = () => this.#instance.draw?.(0) as Drawing;
  }

  observationSpace(agent: string): Space {
    return this.#observationSpaces[this.#slot(agent)];
  }

  actionSpace(agent: string): Space {
    return this.#actionSpaces[this.#slot(agent)];
  }

  reset({ seed }: { readonly seed?: number } = {}): { observations: PerAgent<Float32Array> } {
    if (seed !== undefined) this.#random = Random.fromSeed(seed).derive("environment", 0);
    this.#steps = 0;
    this.#batch.alive.fill(1);
    this.#instance.reset(0, this.#random);
    this.#instance.observe(0, this.#batch);
    this.agents = this.#living();
    return { observations: this.#observations(this.agents) };
  }

  step(actions: PerAgent<ParallelAction>): ParallelStep<Float32Array> {
    const acted = this.agents;
    this.#act(actions, acted);
    const outcome = this.#instance.step(0, this.#random, this.#batch);
    this.#steps++;
    this.#instance.observe(0, this.#batch);
    const terminated = outcome === StepOutcome.terminated;
    const truncated = outcome === StepOutcome.truncated || reachesLimit(this.#spec, this.#steps);
    this.agents = terminated || truncated ? [] : this.#living();
    const gone = (agent: string) => terminated || (!truncated && !this.agents.includes(agent));
    return {
      observations: this.#observations(acted),
      rewards: collect(acted, (agent) => this.#batch.rewards[this.#slot(agent)]),
      terminations: collect(acted, gone),
      truncations: collect(acted, () => truncated && !terminated),
    };
  }

  saveState(): SavedView<State> {
    return {
      state: this.#instance.saveState(0),
      random: this.#random.saveState(),
      steps: this.#steps,
      agents: [...this.agents],
    };
  }

  loadState(saved: unknown): void {
    const { state, random, steps, agents } = validate(savedSchema, saved, `saved view of ${this.#spec.id}`);
    this.#instance.loadState(0, state as State);
    this.#random.loadState(random);
    this.#steps = steps;
    this.agents = agents;
    this.#batch.alive.fill(1);
    this.#instance.observe(0, this.#batch);
  }

  #act(actions: PerAgent<ParallelAction>, acting: readonly string[]): void {
    const place = { id: this.#spec.id, step: this.#steps + 1 };
    if (acting.length === 0) complain(place, "the episode is over; call reset() before the next step");
    requireRecord(actions, "actions", acting, place);
    for (const agent of acting) {
      const slot = this.#slot(agent);
      const found = violation(this.#actionSpaces[slot], actions[agent]);
      if (found) complain(place, `action${found.where} of agent ${agent} ${found.reason}`, found.nonFinite);
      const action = actions[agent];
      this.#batch.actions.set(typeof action === "number" ? [action] : action, slot * this.#spec.actionSize);
    }
  }

  #observations(agents: readonly string[]): PerAgent<Float32Array> {
    const { observationSize, observationSizes } = this.#spec;
    return collect(agents, (agent) => {
      const start = this.#slot(agent) * observationSize;
      return this.#batch.observations.slice(start, start + observationSizes[this.#slot(agent)]);
    });
  }

  #mask(agent: string): Uint8Array {
    const start = this.#slot(agent) * this.#spec.maskSize;
    const choices = headSizes(this.actionSpace(agent)).reduce((sum, n) => sum + n, 0);
    return this.#batch.mask.slice(start, start + choices);
  }

  #living(): string[] {
    return this.#spec.agents.filter((_, slot) => this.#batch.alive[slot] === 1);
  }

  #slot(agent: string): number {
    const slot = this.#spec.agents.indexOf(agent);
    if (slot >= 0) return slot;
    throw new InvalidInputError(
      `${this.#spec.id}: no agent ${agent} (${didYouMean(agent, this.#spec.agents)})`,
    );
  }
}

function actionSpace(
  { action, headSizes: sizes, actionSizes, actionSize, low, high }: EnvironmentSpec,
  slot: number,
) {
  if (action === "discrete")
    return sizes[slot].length === 1 ? discrete(sizes[slot][0]) : multiDiscrete(sizes[slot]);
  const from = slot * actionSize;
  const part = (bounds: Float32Array) => bounds.slice(from, from + actionSizes[slot]);
  return box(part(low as Float32Array), part(high as Float32Array));
}

function collect<T>(agents: readonly string[], value: (agent: string) => T): PerAgent<T> {
  return Object.fromEntries(agents.map((agent) => [agent, value(agent)]));
}
