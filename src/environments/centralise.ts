/**
 * A multi-agent environment as one agent would see it who is everybody: "team" observes the central state (without
 * one, all observations one after another), chooses all heads, and is paid the sum of all rewards.
 */
import type { AsyncVecEnv, EnvironmentSpec, MaybePromise, VecBatch } from "./environment.ts";
import { whenReady } from "./maybe-promise.ts";
import { createBatch, makeSpec } from "./spec.ts";

export const TEAM = "team";

/** The central view; it steps the environment it is given, which must not be used beside it. */
export function centralise(environment: AsyncVecEnv): AsyncVecEnv {
  const { copies, saveState, loadState, draw } = environment;
  const view = new CentralView(environment);
  return {
    spec: view.spec,
    copies,
    batch: view.batch,
    reset: (seed) => whenReady(environment.reset(seed), () => view.show()),
    step: () => {
      view.act();
      return whenReady(environment.step(), () => view.show());
    },
    ...(saveState ? { saveState } : {}),
    ...(loadState
      ? {
          loadState: (copy: number, state: unknown) => {
            loadState(copy, state);
            view.show();
          },
        }
      : {}),
    ...(draw ? { draw: (copy: number) => draw.call(environment, copy) } : {}),
    close: (): MaybePromise<void> => environment.close?.(),
  };
}

/** Translates between the two batches. Arrays that mean the same on both sides are shared, not copied. */
class CentralView {
  readonly spec: EnvironmentSpec;
  readonly batch: VecBatch;
  readonly #inner: AsyncVecEnv;

  constructor(inner: AsyncVecEnv) {
    this.#inner = inner;
    this.spec = centralSpec(inner.spec);
    const { state, finalState, terminated, truncated, episodeLengths, metrics } = inner.batch;
    const shared = { state, finalState, terminated, truncated, episodeLengths, metrics };
    const seen = inner.spec.stateSize > 0 ? { observations: state, finalObservations: finalState } : {};
    this.batch = { ...createBatch(this.spec, inner.copies), ...shared, ...seen };
    this.show();
  }

  /** The team's choices → everyone's. */
  act(): void {
    const { agents, actionSizes, actionSize } = this.#inner.spec;
    scatter(this.batch.actions, this.#inner.batch.actions, agents.length, actionSizes, actionSize);
  }

  /** What everyone sees and gets → what the team sees and gets. */
  show(): void {
    const { spec, batch } = this.#inner;
    const agents = spec.agents.length;
    if (spec.stateSize === 0) {
      const { observationSizes, observationSize } = spec;
      gather(batch.observations, this.batch.observations, agents, observationSizes, observationSize);
      gather(
        batch.finalObservations,
        this.batch.finalObservations,
        agents,
        observationSizes,
        observationSize,
      );
    }
    if (spec.maskSize > 0) {
      gather(batch.mask, this.batch.mask, agents, choices(spec), spec.maskSize);
      gather(batch.finalMask, this.batch.finalMask, agents, choices(spec), spec.maskSize);
    }
    addUp(batch.rewards, this.batch.rewards, agents);
    addUp(batch.episodeReturns, this.batch.episodeReturns, agents);
    for (let copy = 0; copy < this.#inner.copies; copy++) {
      const anyone = (alive: Uint8Array) => alive.subarray(copy * agents, (copy + 1) * agents).includes(1);
      this.batch.alive[copy] = anyone(batch.alive) ? 1 : 0;
      this.batch.finalAlive[copy] = anyone(batch.finalAlive) ? 1 : 0;
    }
  }
}

function centralSpec(spec: EnvironmentSpec): EnvironmentSpec {
  const { low, high, actionSizes, actionSize } = spec;
  const bounds = (all: Float32Array) =>
    actionSizes.flatMap((size, agent) => [...all.subarray(agent * actionSize, agent * actionSize + size)]);
  return makeSpec({
    id: spec.id,
    agents: [TEAM],
    observationSizes: [spec.stateSize > 0 ? spec.stateSize : sum(spec.observationSizes)],
    stateSize: spec.stateSize,
    headSizes: [spec.headSizes.flat()],
    ...(low && high ? { bounds: [{ low: bounds(low), high: bounds(high) }] } : {}),
    masked: spec.maskSize > 0,
    episodeLimit: spec.episodeLimit,
    metrics: spec.metrics,
  });
}

/** Choices of each agent, all heads together. */
const choices = ({ headSizes }: EnvironmentSpec): number[] => headSizes.map(sum);

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

type Numbers = Float32Array | Float64Array | Int32Array | Uint8Array;

/** Takes the padding out: [copies, agents, width] → [copies, Σ sizes]. */
function gather(from: Numbers, to: Numbers, agents: number, sizes: readonly number[], width: number): void {
  for (let slot = 0, out = 0; out < to.length; slot++) {
    for (let k = 0; k < sizes[slot % agents]; k++) to[out++] = from[slot * width + k];
  }
}

/** Puts it back: [copies, Σ sizes] → [copies, agents, width]. */
function scatter(from: Numbers, to: Numbers, agents: number, sizes: readonly number[], width: number): void {
  for (let slot = 0, next = 0; next < from.length; slot++) {
    for (let k = 0; k < sizes[slot % agents]; k++) to[slot * width + k] = from[next++];
  }
}

/** [copies, agents] → [copies], summed in f64. */
function addUp(from: Numbers, to: Numbers, agents: number): void {
  for (let copy = 0; copy < to.length; copy++) {
    let total = 0;
    for (let agent = 0; agent < agents; agent++) total += from[copy * agents + agent];
    to[copy] = total;
  }
}
