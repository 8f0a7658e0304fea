/** Something that can act for all agents at once: all that sampling needs of an algorithm. */
export interface JointPolicy {
  /**
   * Chooses actions for `rows` situations. observations[i] is [rows, size of agent i]; actions is
   * [rows, total heads]. Sampling uses each agent's own stream; `deterministic` takes the likeliest.
   */
  act(observations: readonly Float32Array[], rows: number, actions: Int32Array, deterministic: boolean): void;
}
