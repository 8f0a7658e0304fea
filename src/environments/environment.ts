/**
 * The two faces of an environment: what users write (`ParallelEnv`, PettingZoo's words) and what training
 * consumes (`VecEnv`, many copies as struct of arrays in caller-visible buffers). Adapters connect them.
 */
import type { Random } from "../tensor/random.ts";
import type { Box, Space } from "./spaces.ts";

export type MaybePromise<T> = T | Promise<T>;
export type PerAgent<T> = Readonly<Record<string, T>>;
export type Info = Readonly<Record<string, unknown>> & { readonly action_mask?: ArrayLike<number> };

/** One step of a `ParallelEnv`: records keyed by agent. */
export interface ParallelStep<O> {
  readonly observations: PerAgent<O>;
  readonly rewards: PerAgent<number>;
  readonly terminations: PerAgent<boolean>;
  readonly truncations: PerAgent<boolean>;
  readonly infos?: PerAgent<Info>;
}

/** What a user writes: one copy, plain objects, synchronous or not. */
export interface ParallelEnv<O = unknown, A = unknown> {
  readonly possibleAgents: readonly string[];
  /** Live agents; empty when the episode is over. */
  readonly agents: readonly string[];
  observationSpace(agent: string): Space;
  actionSpace(agent: string): Space;
  reset(options?: { readonly seed?: number }): MaybePromise<{
    readonly observations: PerAgent<O>;
    readonly infos?: PerAgent<Info>;
  }>;
  /** Training gives continuous actions cut to their space, each in an array that is the environment's to keep. */
  step(actions: PerAgent<A>): MaybePromise<ParallelStep<O>>;
  /** Central state for those who learn with one, as many numbers as `stateSpace` has. */
  state?(): ArrayLike<number>;
  readonly stateSpace?: Box;
  /** One 0 or 1 a choice, 1 = legal; instead, infos may carry `action_mask`. */
  actionMask?(agent: string): ArrayLike<number> | undefined;
  /** A plain JSON object from which `loadState` continues exactly; makes training resume to the same bits. */
  saveState?(): unknown;
  loadState?(state: unknown): void;
  /** What to draw of the current state. */
  draw?(): Drawing;
  close?(): MaybePromise<void>;
}

/** The fixed facts of an environment. A = agents.length slots, in the order of `agents`. */
export interface EnvironmentSpec {
  readonly id: string;
  readonly agents: readonly string[];
  /** Numbers in each agent's observation; rows are padded with zeros to the largest. */
  readonly observationSizes: readonly number[];
  readonly observationSize: number;
  /** Numbers in the central state, 0 when there is none. */
  readonly stateSize: number;
  /**
   * Numbers in each agent's own view of the central state, 0 when there are none: the last A · agentStateSize numbers of
   * the state, agent 0's first.
   */
  readonly agentStateSize: number;
  readonly action: "discrete" | "continuous";
  /** Choices of each head of each agent (discrete): a Discrete(5) agent has [5]. */
  readonly headSizes: readonly (readonly number[])[];
  /** Heads (discrete) or dimensions (continuous) of each agent, and the largest. */
  readonly actionSizes: readonly number[];
  readonly actionSize: number;
  /** Largest Σ headSizes when the environment masks actions, 0 otherwise. */
  readonly maskSize: number;
  /** [A, actionSize] bounds of continuous actions. */
  readonly low?: Float32Array;
  readonly high?: Float32Array;
  /** Steps after which an episode is truncated; 0 when unbounded or unknown. */
  readonly episodeLimit: number;
  /** Names of measurements beside the return, each a sum over the steps of an episode. */
  readonly metrics: readonly string[];
}

/** Arrays row-major: index (copy · A + agent) · size + k. Owned by the environment, stable for its life. */
export interface VecBatch {
  /** [copies, A, observationSize] to act from; zeros for absent agents. */
  readonly observations: Float32Array;
  /** [copies, stateSize]. */
  readonly state: Float32Array;
  /** [copies, A, maskSize], 1 = legal. */
  readonly mask: Uint8Array;
  /** [copies, A, actionSize], written by the caller before `step`; reals beyond their bounds act as the bounds. */
  readonly actions: Int32Array | Float32Array;
  /** [copies, A]. */
  readonly rewards: Float32Array;
  /** [copies, A] whether the agent acts at the next step. */
  readonly alive: Uint8Array;
  /** [copies]; terminated wins when both apply. */
  readonly terminated: Uint8Array;
  readonly truncated: Uint8Array;
  /** The last observation of the episode that just ended, valid where terminated or truncated. */
  readonly finalObservations: Float32Array;
  readonly finalState: Float32Array;
  /** What would be legal, and who would act, if the episode went on from there. */
  readonly finalMask: Uint8Array;
  readonly finalAlive: Uint8Array;
  /** [copies, A] and [copies] of the episode that just ended. */
  readonly episodeReturns: Float64Array;
  readonly episodeLengths: Int32Array;
  /** [copies, metrics.length] of the episode at hand so far, or of the one that just ended. */
  readonly metrics: Float32Array;
}

/** Many copies stepped together, same-step autoreset: after an episode's end `observations` show the next. */
export interface VecEnv<Awaited extends MaybePromise<void> = void> {
  readonly spec: EnvironmentSpec;
  readonly copies: number;
  readonly batch: VecBatch;
  /** What the agents of a user's environment see before it is laid flat; plain vectors where it is absent. */
  readonly observationSpaces?: readonly Space[];
  /** What they do, likewise; a number for a single choice, else an array, where it is absent. */
  readonly actionSpaces?: readonly Space[];
  /** Starts new episodes in all copies; with a seed, the copies' streams start again from it. */
  reset(seed?: number): Awaited;
  /** `batch.actions` → everything else. */
  step(): Awaited;
  /** A copy whole as a plain JSON object, its random stream included; absent if the environment cannot. */
  readonly saveState?: (copy: number) => unknown;
  readonly loadState?: (copy: number, state: unknown) => void;
  draw?(copy: number): Drawing;
  close?(): MaybePromise<void>;
}
export type AsyncVecEnv = VecEnv<MaybePromise<void>>;

export const StepOutcome = { running: 0, terminated: 1, truncated: 2 } as const;
export type StepOutcome = (typeof StepOutcome)[keyof typeof StepOutcome];

/**
 * What the author of a built-in environment writes: the rules, over state of their own for many copies.
 * `vectorise` adds the loop, random streams, time limit bookkeeping, autoreset and statistics.
 */
export interface EnvironmentDefinition<State = unknown> {
  readonly spec: EnvironmentSpec;
  create(copies: number): EnvironmentInstance<State>;
}
export interface EnvironmentInstance<State = unknown> {
  reset(copy: number, random: Random): void;
  /**
   * Reads the copy's actions, continuous ones within their bounds, from `batch`, writes its rewards and adds to its
   * metrics, which start from 0, there.
   */
  step(copy: number, random: Random, batch: VecBatch): StepOutcome;
  /** Writes the copy's observations (and state, mask, alive where the environment has them). */
  observe(copy: number, batch: VecBatch): void;
  saveState(copy: number): State;
  loadState(copy: number, state: State): void;
  draw?(copy: number): Drawing;
}

/** A picture as plain data, in world coordinates (y up): canvas, SVG and tests consume the same. */
export interface Drawing {
  /** [xMin, yMin, xMax, yMax] that should be visible. */
  readonly view: readonly [number, number, number, number];
  /** Later ones cover earlier ones; the n-th is the same thing at all times, null while it is not to be seen. */
  readonly shapes: readonly (Shape | null)[];
}
export type Shape =
  | {
      readonly kind: "circle";
      readonly x: number;
      readonly y: number;
      readonly radius: number;
      readonly color: string;
      readonly label?: string;
      readonly outline?: boolean;
    }
  | {
      readonly kind: "line";
      readonly points: readonly (readonly [number, number])[];
      readonly color: string;
      readonly width?: number;
    };
