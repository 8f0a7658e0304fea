/**
 * Agents that share a network, and what it is shown of each: observation, last action one-hot, and which agent of the
 * group it is, one-hot. Agents of unequal sizes never share, so that no input is padded.
 */
import type { TaskShape } from "../algorithm.ts";
import { starts, total } from "./episode.ts";
import type { QmixSettings } from "./options.ts";

export class AgentGroup {
  /** By number, ascending. */
  readonly agents: readonly number[];
  readonly observationSize: number;
  /** Of each agent. */
  readonly headSizes: readonly number[];
  /** Choices of an agent, all heads: what its network puts out. */
  readonly choices: number;
  /** Numbers that the network is shown. */
  readonly inputSize: number;
  /** [agents · heads]: number of each head in the joint action. */
  readonly jointHeads: Int32Array;
  readonly #lastAction: boolean;
  readonly #told: boolean;

  constructor(
    task: TaskShape,
    agents: readonly number[],
    { lastAction, agentId }: Pick<QmixSettings, "lastAction" | "agentId">,
  ) {
    const [first] = agents;
    const firstHead = starts(task.headSizes.map(({ length }) => length));
    this.agents = agents;
    this.observationSize = task.observationSizes[first];
    this.headSizes = task.headSizes[first];
    this.choices = total(this.headSizes);
    this.jointHeads = Int32Array.from(
      agents.flatMap((agent) => this.headSizes.map((_, head) => firstHead[agent] + head)),
    );
    this.#lastAction = lastAction;
    this.#told = agentId && agents.length > 1;
    const known = (lastAction ? this.choices : 0) + (this.#told ? agents.length : 0);
    this.inputSize = this.observationSize + known;
  }

  /**
   * Writes what the network is shown of one agent.
   * @param into [inputSize] zeros
   * @param member the agent's place in the group
   * @param lastActions the joint action before, none at the start of an episode
   */
  writeInput(
    into: Float32Array,
    member: number,
    observation: Float32Array,
    lastActions: ArrayLike<number> | undefined,
  ): void {
    into.set(observation);
    let at = this.observationSize;
    if (this.#lastAction) {
      const heads = this.headSizes.length;
      for (let head = 0; head < heads; head++) {
        if (lastActions) into[at + lastActions[this.jointHeads[member * heads + head]]] = 1;
        at += this.headSizes[head];
      }
    }
    if (this.#told) into[at + member] = 1;
  }
}

/** All agents, by group; with `sharing: "separate"` each is a group of its own. */
export function groupAgents(task: TaskShape, settings: QmixSettings): AgentGroup[] {
  const members = new Map<string, number[]>();
  for (const agent of task.agents.keys()) {
    const sizes = `${task.observationSizes[agent]}:${task.headSizes[agent]}`;
    const key = settings.sharing === "separate" ? `${agent}` : sizes;
    members.set(key, [...(members.get(key) ?? []), agent]);
  }
  return Array.from(members.values(), (agents) => new AgentGroup(task, agents, settings));
}
