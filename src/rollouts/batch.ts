import type { Actions } from "./joint-policy.ts";

/**
 * What algorithms see of the world. Rows are copy-major: row = copy · steps + step.
 * `agents[i]` is private to agent i; the joint action and the episode ends are known to all.
 */
export interface AgentBatch {
  /** [rows, observationSize of the agent]. */
  readonly observations: Float32Array;
  /** [rows]. */
  readonly rewards: Float32Array;
  /** [cuts.length, observationSize]: the observation that followed each cut row, from which its value is bootstrapped. */
  readonly cutObservations: Float32Array;
  /** [rows], 1 where the agent was there and acted. */
  readonly alive: Uint8Array;
  /** [cuts.length], 1 where the agent would act after the cut row. */
  readonly cutAlive: Uint8Array;
  /** [rows, choices of the agent, all heads], 1 = legal; absent where the task masks nothing. */
  readonly masks?: Uint8Array;
  /** [cuts.length, choices of the agent, all heads]: what was legal after each cut row. */
  readonly cutMasks?: Uint8Array;
}

export interface Batch {
  readonly rows: number;
  readonly copies: number;
  readonly steps: number;
  readonly agents: readonly AgentBatch[];
  /** [rows, total heads or dimensions]: those of agent 0, then of agent 1, … */
  readonly actions: Actions;
  /** [rows, stateSize] the central state when the action was chosen. */
  readonly state: Float32Array;
  /** [cuts.length, stateSize]: the central state that followed each cut row. */
  readonly cutStates: Float32Array;
  /** Whether every copy's first row begins an episode, as no earlier batch went before; otherwise episodes go on from it. */
  readonly newEpisodes: boolean;
  /** [copies, memorySize] what the policy remembered before the first row of each copy. */
  readonly memory: Float32Array;
  /** [rows], 1 where the episode ended after the row by termination (no bootstrap) or truncation (bootstrap). */
  readonly terminated: Uint8Array;
  readonly truncated: Uint8Array;
  /** Ascending rows after which the trace is cut: ends of episodes and the last row of each copy. */
  readonly cuts: Int32Array;
  /** Episodes that finished inside the batch, in the order of (step, copy). */
  readonly episodes: EpisodeStatistics;
}

export interface EpisodeStatistics {
  readonly count: number;
  /** [count, agents] undiscounted sums of rewards. */
  readonly returns: Float64Array;
  readonly lengths: Int32Array;
}
