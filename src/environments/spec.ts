/** What follows from the facts of an environment: largest sizes, and buffers of the right lengths. */
import { InvalidInputError } from "../validation/errors.ts";
import type { EnvironmentSpec, VecBatch } from "./environment.ts";

/** The facts an author states; the rest is derived. */
export interface EnvironmentFacts {
  readonly id: string;
  readonly agents: readonly string[];
  /** Numbers in each agent's observation. */
  readonly observationSizes: readonly number[];
  /** Numbers in the central state. @defaultValue 0 */
  readonly stateSize?: number;
  /** Numbers of each agent's own view of it, which end the state one after another. @defaultValue 0 */
  readonly agentStateSize?: number;
  /** Choices of each head of each agent; [] for every agent when actions are continuous. */
  readonly headSizes: readonly (readonly number[])[];
  /** Bounds of each dimension of each agent when actions are continuous. */
  readonly bounds?: readonly { readonly low: ArrayLike<number>; readonly high: ArrayLike<number> }[];
  /** Whether the environment masks actions. @defaultValue false */
  readonly masked?: boolean;
  /** @defaultValue 0, unbounded */
  readonly episodeLimit?: number;
  readonly metrics?: readonly string[];
}

/** The full specification that follows from `facts`. @throws InvalidInputError when a state cannot hold its parts */
export function makeSpec(facts: EnvironmentFacts): EnvironmentSpec {
  requireAgentStates(facts);
  const { id, agents, observationSizes, headSizes, bounds } = facts;
  const actionSizes = bounds ? bounds.map(({ low }) => low.length) : headSizes.map((sizes) => sizes.length);
  const actionSize = Math.max(...actionSizes);
  const spec: EnvironmentSpec = {
    id,
    agents,
    observationSizes,
    observationSize: Math.max(...observationSizes),
    stateSize: facts.stateSize ?? 0,
    agentStateSize: facts.agentStateSize ?? 0,
    action: bounds ? "continuous" : "discrete",
    headSizes,
    actionSizes,
    actionSize,
    maskSize: facts.masked ? Math.max(...headSizes.map((sizes) => sizes.reduce((sum, n) => sum + n, 0))) : 0,
    episodeLimit: facts.episodeLimit ?? 0,
    metrics: facts.metrics ?? [],
  };
  if (!bounds) return spec;
  const low = new Float32Array(agents.length * actionSize);
  const high = new Float32Array(agents.length * actionSize);
  for (const [agent, bound] of bounds.entries()) {
    low.set(bound.low, agent * actionSize);
    high.set(bound.high, agent * actionSize);
  }
  return { ...spec, low, high };
}

function requireAgentStates({ id, agents, stateSize = 0, agentStateSize = 0 }: EnvironmentFacts): void {
  const needed = agents.length * agentStateSize;
  if (Number.isSafeInteger(agentStateSize) && agentStateSize >= 0 && needed <= stateSize) return;
  throw new InvalidInputError(
    `${id}: agentStateSize is ${agentStateSize} for ${agents.length} agents, but stateSize is ${stateSize}; the state ` +
      `ends with the agents' own views, so it must have at least ${needed} numbers.`,
  );
}

/** Whether the limit ends an episode of so many steps. One saved under a longer limit may stand beyond it. */
export function reachesLimit({ episodeLimit }: EnvironmentSpec, steps: number): boolean {
  return episodeLimit > 0 && steps >= episodeLimit;
}

/** Buffers for `copies` copies: zeros, everything legal, everyone alive. */
export function createBatch(spec: EnvironmentSpec, copies: number): VecBatch {
  const slots = copies * spec.agents.length;
  const actions = slots * spec.actionSize;
  return {
    observations: new Float32Array(slots * spec.observationSize),
    state: new Float32Array(copies * spec.stateSize),
    mask: new Uint8Array(slots * spec.maskSize).fill(1),
    actions: spec.action === "discrete" ? new Int32Array(actions) : new Float32Array(actions),
    rewards: new Float32Array(slots),
    alive: new Uint8Array(slots).fill(1),
    terminated: new Uint8Array(copies),
    truncated: new Uint8Array(copies),
    finalObservations: new Float32Array(slots * spec.observationSize),
    finalState: new Float32Array(copies * spec.stateSize),
    finalMask: new Uint8Array(slots * spec.maskSize).fill(1),
    finalAlive: new Uint8Array(slots).fill(1),
    episodeReturns: new Float64Array(slots),
    episodeLengths: new Int32Array(copies),
    metrics: new Float32Array(copies * spec.metrics.length),
  };
}

/** Copies row `row` of length `size`. */
export function copyRow<T extends Float32Array | Uint8Array>(
  from: T,
  to: T,
  row: number,
  size: number,
): void {
  const end = (row + 1) * size;
  for (let i = row * size; i < end; i++) to[i] = from[i];
}
