/**
 * "leaver" may leave at the first step and be paid LEAVING, or stay for STAY steps and be paid STAYING in the last of them.
 * "player" is paid nothing; it goes on alone for LONG steps where it is left, otherwise it ends with the other. Both see
 * whether it is the first step, and how much of the stay has passed.
 */
import type { ParallelEnv } from "../../src/environments/environment.ts";
import { box, discrete } from "../../src/environments/spaces.ts";
import { byAgent } from "./by-agent.ts";

export const LEAVING = 1;
export const STAYING = 1.5;
const STAY = 4;
const LONG = 20;

export function leavingWorld(): ParallelEnv {
  const [sight, choices] = [box(-1, 1, [2]), discrete(2)];
  const all = ["leaver", "player"];
  let agents: readonly string[] = [];
  let [time, end] = [0, STAY];
  const see = (names: readonly string[]) =>
    byAgent(names, () => [time === 0 ? 1 : -1, Math.min(1, time / STAY)]);
  return {
    possibleAgents: all,
    get agents() {
      return agents;
    },
    observationSpace: () => sight,
    actionSpace: () => choices,
    reset() {
      [agents, time, end] = [all, 0, STAY];
      return { observations: see(all) };
    },
    step(actions) {
      const acted = agents;
      time++;
      const leaves = time === 1 && actions.leaver === 0;
      if (leaves) end = LONG;
      const over = time === end;
      const earned = leaves ? LEAVING : over ? STAYING : 0;
      const gone = (agent: string) => over || (leaves && agent === "leaver");
      agents = acted.filter((agent) => !gone(agent));
      return {
        observations: see(acted),
        rewards: byAgent(acted, (agent) => (agent === "leaver" ? earned : 0)),
        terminations: byAgent(acted, gone),
        truncations: byAgent(acted, () => false),
      };
    },
  };
}
