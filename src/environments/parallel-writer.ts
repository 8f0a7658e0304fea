/** Checks what a user-written environment replies and lays it flat in the batch row of its copy. */
import {
  complainOfMask,
  type Place,
  requireMask,
  requireObservation,
  requireRecord,
  requireState,
} from "./contract.ts";
import type { Info, ParallelEnv, PerAgent, VecBatch } from "./environment.ts";
import { maskOf } from "./parallel-masks.ts";
import type { ParallelSpec } from "./parallel-spec.ts";
import { flatten, type SpaceValue } from "./space-values.ts";
import { headSizes } from "./spaces.ts";

/** What a reply shows, beside rewards and flags. */
export interface Shown {
  readonly observations: PerAgent<unknown>;
  readonly infos?: PerAgent<Info>;
}

export class ParallelWriter {
  readonly #facts: ParallelSpec;
  readonly #batch: VecBatch;
  /** Index of the copy's first agent in the batch. */
  readonly #first: number;
  readonly #copy: number;

  constructor(facts: ParallelSpec, batch: VecBatch, copy: number) {
    this.#facts = facts;
    this.#batch = batch;
    this.#copy = copy;
    this.#first = copy * facts.spec.agents.length;
  }

  /** What `agents` see, exactly they. */
  writeObservations(shown: Shown, agents: readonly string[], place: Place): void {
    const { spec, observationSpaces } = this.#facts;
    const observations = requireRecord<unknown>(shown.observations, "observations", agents, place);
    for (const agent of agents) {
      const slot = spec.agents.indexOf(agent);
      const space = observationSpaces[slot];
      requireObservation(space, observations[agent], agent, place, false);
      const at = (this.#first + slot) * spec.observationSize;
      flatten(space, observations[agent] as SpaceValue, this.#batch.observations, at);
    }
  }

  /** The masks of `agents`, from `actionMask` or their infos; everything is legal without one. */
  writeMasks(environment: ParallelEnv, shown: Shown, agents: readonly string[], place: Place): void {
    const { spec, actionSpaces, ignoresMasks } = this.#facts;
    if (ignoresMasks) return;
    for (const agent of agents) {
      const mask = maskOf(environment, shown.infos, agent);
      if (mask === undefined && spec.maskSize === 0) continue;
      if (spec.maskSize === 0) complainOfMask(agent, spec.action, place);
      if (mask !== undefined) requireMask(actionSpaces[spec.agents.indexOf(agent)], mask, agent, place);
      this.#setMask(agent, mask);
    }
  }

  /** Everything is legal to `agents`, who have nothing left to choose. */
  clearMasks(agents: readonly string[]): void {
    if (this.#facts.spec.maskSize === 0) return;
    for (const agent of agents) this.#setMask(agent, undefined);
  }

  #setMask(agent: string, mask: ArrayLike<number> | undefined): void {
    const { spec, actionSpaces } = this.#facts;
    const slot = spec.agents.indexOf(agent);
    const at = (this.#first + slot) * spec.maskSize;
    this.#batch.mask.fill(0, at, at + spec.maskSize);
    if (mask !== undefined) this.#batch.mask.set(mask, at);
    else this.#batch.mask.fill(1, at, at + headSizes(actionSpaces[slot]).reduce((sum, n) => sum + n, 0));
  }

  writeState(environment: ParallelEnv, place: Place): void {
    const { spec, stateSpace } = this.#facts;
    if (!stateSpace) return;
    const state: unknown = environment.state?.();
    requireState(stateSpace, state, place, false);
    this.#batch.state.set(state, this.#copy * spec.stateSize);
  }

  /** Marks who acts next; the others see zeros and may only choose the first of each head. */
  writeAlive(agents: readonly string[]): void {
    const { spec, actionSpaces } = this.#facts;
    for (const [slot, agent] of spec.agents.entries()) {
      const index = this.#first + slot;
      const alive = agents.includes(agent);
      this.#batch.alive[index] = alive ? 1 : 0;
      if (alive) continue;
      const { observationSize, maskSize } = spec;
      this.#batch.observations.fill(0, index * observationSize, (index + 1) * observationSize);
      if (maskSize === 0) continue;
      this.#batch.mask.fill(0, index * maskSize, (index + 1) * maskSize);
      let at = index * maskSize;
      for (const n of headSizes(actionSpaces[slot])) {
        this.#batch.mask[at] = 1;
        at += n;
      }
    }
  }
}
