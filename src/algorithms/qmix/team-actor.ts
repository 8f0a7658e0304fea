/**
 * The team at play. What it remembers of an episode, a row a copy:
 *   steps so far | last actions of all heads, counted from 1 | hidden state of agent 0 | of agent 1 | …
 * the last actions where agents see them, the hidden states where they are recurrent.
 */
import { rules } from "../../autodiff/rules.ts";
import { Tape } from "../../autodiff/tape.ts";
import type { Arena } from "../../kernels/memory.ts";
import type { Actions, Situation } from "../../rollouts/joint-policy.ts";
import type { Random } from "../../tensor/random.ts";
import type { AgentGroup } from "./agent-group.ts";
import { bestLegal } from "./best-legal.ts";
import { explore } from "./exploration.ts";
import type { QmixSettings } from "./options.ts";
import type { TeamNetworks } from "./team-networks.ts";

/** How often, and from which stream of each agent, choices are random. */
export interface Exploring {
  readonly epsilon: number;
  readonly randoms: readonly Random[];
}

export class TeamActor {
  /** Numbers that are remembered of a copy. */
  readonly memorySize: number;
  readonly #networks: TeamNetworks;
  /** Last actions that are remembered. */
  readonly #lastActions: number;

  constructor(networks: TeamNetworks, agents: number, { lastAction, recurrent, hiddenSize }: QmixSettings) {
    this.#networks = networks;
    this.#lastActions = lastAction ? networks.rowLayout.heads : 0;
    this.memorySize = 1 + this.#lastActions + (recurrent ? agents * hiddenSize : 0);
  }

  /**
   * Chooses for all rows and moves the memory on.
   * @param parameters the flat vector
   * @param exploring nothing: greedy
   */
  act(
    arena: Arena,
    parameters: Float32Array,
    situation: Situation,
    actions: Actions,
    exploring: Exploring | undefined,
  ): void {
    const { rows, memory = new Float32Array(rows * this.memorySize) } = situation;
    Tape.run(arena, rules, (tape) => {
      const placed = this.#networks.place(tape, arena.place(parameters));
      for (const [g, group] of this.#networks.groups.entries()) {
        const inputs = this.#inputs(group, situation, memory);
        const hidden = this.#hidden(group, memory, rows);
        const step = this.#networks.step(tape, placed, g, inputs, hidden);
        choose(group, step.utilities.read(), situation, actions, this.#networks.rowLayout.heads, exploring);
        if (this.#networks.recurrent) this.#remember(group, step.memories.read(), memory, rows);
      }
    });
    this.#note(rows, actions, memory);
  }

  /** [rows, agents of the group, inputSize]. */
  #inputs(group: AgentGroup, { rows, observations }: Situation, memory: Float32Array): Float32Array {
    const { agents, inputSize, observationSize } = group;
    const inputs = new Float32Array(rows * agents.length * inputSize);
    for (let row = 0; row < rows; row++) {
      const start = row * this.memorySize;
      const before =
        memory[start] > 0
          ? memory.subarray(start + 1, start + 1 + this.#lastActions).map((action) => action - 1)
          : undefined;
      for (const [member, agent] of agents.entries()) {
        const slot = row * agents.length + member;
        const seen = observations[agent].subarray(row * observationSize, (row + 1) * observationSize);
        group.writeInput(inputs.subarray(slot * inputSize, (slot + 1) * inputSize), member, seen, before);
      }
    }
    return inputs;
  }

  /** [rows, agents of the group, hiddenSize]; zeros where nothing is remembered. */
  #hidden({ agents }: AgentGroup, memory: Float32Array, rows: number): Float32Array {
    const { hiddenSize, recurrent } = this.#networks;
    const hidden = new Float32Array(rows * agents.length * hiddenSize);
    if (!recurrent) return hidden;
    for (let slot = 0; slot < rows * agents.length; slot++) {
      const at = this.#hiddenStart(Math.floor(slot / agents.length), agents[slot % agents.length]);
      hidden.set(memory.subarray(at, at + hiddenSize), slot * hiddenSize);
    }
    return hidden;
  }

  #remember({ agents }: AgentGroup, hidden: Float32Array, memory: Float32Array, rows: number): void {
    const { hiddenSize } = this.#networks;
    for (let slot = 0; slot < rows * agents.length; slot++) {
      const at = this.#hiddenStart(Math.floor(slot / agents.length), agents[slot % agents.length]);
      memory.set(hidden.subarray(slot * hiddenSize, (slot + 1) * hiddenSize), at);
    }
  }

  #hiddenStart(row: number, agent: number): number {
    return row * this.memorySize + 1 + this.#lastActions + agent * this.#networks.hiddenSize;
  }

  /** One step more, and what was done in it. */
  #note(rows: number, actions: Actions, memory: Float32Array): void {
    for (let row = 0; row < rows; row++) {
      const start = row * this.memorySize;
      memory[start]++;
      for (let k = 0; k < this.#lastActions; k++) {
        memory[start + 1 + k] = actions[row * this.#lastActions + k] + 1;
      }
    }
  }
}

/** Writes the choices of a group into the joint actions [rows, heads]. */
function choose(
  { agents, headSizes, jointHeads, choices }: AgentGroup,
  utilities: Float32Array,
  { rows, masks }: Situation,
  actions: Actions,
  heads: number,
  exploring: Exploring | undefined,
): void {
  for (const [member, agent] of agents.entries()) {
    const legal = masks?.[agent];
    for (let row = 0; row < rows; row++) {
      const own = utilities.subarray((row * agents.length + member) * choices);
      let from = 0;
      for (const [k, size] of headSizes.entries()) {
        const mask = legal?.subarray(row * choices);
        let choice = bestLegal(own, mask, from, size);
        if (exploring) {
          choice = explore(choice, exploring.epsilon, mask, from, size, exploring.randoms[agent]);
        }
        actions[row * heads + jointHeads[member * headSizes.length + k]] = choice;
        from += size;
      }
    }
  }
}
