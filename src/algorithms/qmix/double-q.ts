/**
 * Targets of double Q-learning (van Hasselt et al. 2016) for a team: the network that learns chooses, the target network
 * judges, both among what is legal:
 *   y = r + γ (1 − terminated) Q⁻_tot(s′, q⁻(argmaxₐ q(a)))
 * The utility of an agent that is not there is 0.
 */
import type { AgentGroup } from "./agent-group.ts";
import { bestLegal } from "./best-legal.ts";
import type { EpisodeBatch } from "./episode-batch.ts";

/**
 * [T, B, heads]: what the target network thinks, after each step, of the choice that the other would make there.
 * @param online utilities of the network that learns, a group: [T + 1, B, agents, choices]
 * @param target those of the target network
 */
export function nextUtilities(
  { steps, episodes, legal, alive }: EpisodeBatch,
  groups: readonly AgentGroup[],
  online: readonly Float32Array[],
  target: readonly Float32Array[],
): Float32Array {
  const cells = steps * episodes;
  const heads = groups.reduce((sum, { jointHeads }) => sum + jointHeads.length, 0);
  const next = new Float32Array(cells * heads);
  for (const [g, { headSizes, jointHeads, agents, choices }] of groups.entries()) {
    for (let cell = 0; cell < cells; cell++) {
      for (let member = 0; member < agents.length; member++) {
        let from = ((cell + episodes) * agents.length + member) * choices;
        for (const [k, size] of headSizes.entries()) {
          const head = jointHeads[member * headSizes.length + k];
          const best = bestLegal(online[g], legal[g], from, size);
          next[cell * heads + head] = target[g][from + best] * alive[(cell + episodes) * heads + head];
          from += size;
        }
      }
    }
  }
  return next;
}

/** y [T, B] of what follows each step, `following` [T, B]; 0 where an episode has no such step. */
export function doubleQTargets(
  { rewards, terminated, filled }: EpisodeBatch,
  following: Float32Array,
  gamma: number,
): Float32Array {
  return rewards.map((reward, cell) =>
    filled[cell] === 0 ? 0 : reward + (terminated[cell] === 1 ? 0 : gamma * following[cell]),
  );
}
