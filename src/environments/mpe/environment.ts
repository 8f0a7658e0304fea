/**
 * An environment from what an MPE task says about itself (Lowe et al. 2017; Mordatch & Abbeel 2018), with the
 * numbers of PettingZoo and MPE2 (Terry et al. 2021). Central state: all agents' observations in order.
 */
import type { Random } from "../../tensor/random.ts";
import type { Drawing, EnvironmentDefinition, EnvironmentInstance, VecBatch } from "../environment.ts";
import { StepOutcome } from "../environment.ts";
import { makeSpec } from "../spec.ts";
import { ActionReader, actionFacts } from "./actions.ts";
import { drawMpe } from "./drawing.ts";
import { Observer } from "./observer.ts";
import type { CommonOptions } from "./options.ts";
import { loadMpeState, type MpeState, saveMpeState } from "./saved-state.ts";
import { MpeScene } from "./scene.ts";
import type { MpeRules, MpeTask } from "./task.ts";

export function mpeEnvironment(task: MpeTask, options: CommonOptions): EnvironmentDefinition<MpeState> {
  const { id, agents, observationSizes, metrics } = task;
  const spec = makeSpec({
    id,
    agents: agents.map(({ name }) => name),
    observationSizes,
    stateSize: observationSizes.reduce((sum, size) => sum + size, 0),
    ...actionFacts(task, options.actions),
    episodeLimit: options.episodeLimit,
    metrics,
  });
  const sizes = { action: spec.actionSize, observation: spec.observationSize, state: spec.stateSize };
  return { spec, create: (copies) => new MpeInstance(copies, task, options, sizes) };
}

interface Sizes {
  readonly action: number;
  readonly observation: number;
  readonly state: number;
}

class MpeInstance implements EnvironmentInstance<MpeState> {
  readonly #task: MpeTask;
  readonly #sizes: Sizes;
  readonly #scene: MpeScene;
  readonly #actions: ActionReader;
  readonly #rules: MpeRules;
  readonly #observer: Observer;
  /** [agents] and [metrics] of the step at hand. */
  readonly #shares: Float64Array;
  readonly #measures: Float64Array;

  constructor(copies: number, task: MpeTask, { actions, integrator }: CommonOptions, sizes: Sizes) {
    this.#task = task;
    this.#sizes = sizes;
    this.#scene = new MpeScene(copies, task, integrator);
    this.#actions = new ActionReader(this.#scene, task, actions);
    this.#rules = task.rules(this.#scene);
    this.#observer = new Observer(this.#scene);
    this.#shares = new Float64Array(task.agents.length);
    this.#measures = new Float64Array(task.metrics.length);
  }

  reset(copy: number, random: Random): void {
    this.#scene.reset(copy, random);
  }

  step(copy: number, _random: Random, batch: VecBatch): StepOutcome {
    const shares = this.#shares;
    const measures = this.#measures;
    this.#scene.focus(copy);
    this.#actions.read(copy, batch, this.#sizes.action);
    this.#scene.world.step(copy);
    measures.fill(0);
    this.#rules.reward(shares, measures);
    for (let i = 0; i < shares.length; i++) batch.rewards[copy * shares.length + i] = shares[i];
    for (let k = 0; k < measures.length; k++) batch.metrics[copy * measures.length + k] += measures[k];
    return StepOutcome.running;
  }

  observe(copy: number, { observations, state }: VecBatch): void {
    const { agents, observationSizes } = this.#task;
    const stride = this.#sizes.observation;
    this.#scene.focus(copy);
    let out = copy * this.#sizes.state;
    for (let agent = 0; agent < agents.length; agent++) {
      const first = (copy * agents.length + agent) * stride;
      this.#observer.begin(agent, observations, first);
      this.#rules.observe(agent, this.#observer);
      const end = first + observationSizes[agent];
      for (let i = first; i < end; i++) state[out++] = observations[i];
    }
  }

  saveState(copy: number): Required<MpeState> {
    return saveMpeState(this.#scene, this.#task, copy);
  }

  loadState(copy: number, state: MpeState): void {
    loadMpeState(this.#scene, this.#task, copy, state);
  }

  draw(copy: number): Drawing {
    return drawMpe(this.#task, this.saveState(copy));
  }
}
