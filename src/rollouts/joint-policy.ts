/** Something that can act for all agents at once: all that sampling needs of an algorithm. */

/** Choices of heads (discrete) or numbers of dimensions (continuous), as the task has it. */
export type Actions = Int32Array | Float32Array;

/** What is known when actions are chosen. Rows are copies of the environment. */
export interface Situation {
  readonly rows: number;
  /** observations[i] is [rows, size of agent i]; zeros for an absent agent. */
  readonly observations: readonly Float32Array[];
  /** masks[i] is [rows, choices of agent i, all heads], 1 = legal; absent where the task masks nothing. */
  readonly masks?: readonly Uint8Array[];
  /** [rows, memorySize] of a policy that has a memory: read, and overwritten with what it remembers next. */
  readonly memory?: Float32Array;
}

export interface JointPolicy {
  /** Numbers that the policy remembers of an episode from step to step; zeros before the first. @defaultValue 0 */
  readonly memorySize?: number;
  /**
   * Chooses actions [rows, total heads or dimensions] for all rows. Sampling uses each agent's own stream;
   * `deterministic` takes the likeliest.
   */
  act(situation: Situation, actions: Actions, deterministic: boolean): void;
}
