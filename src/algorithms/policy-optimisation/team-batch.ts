/** The policies' parts of one batch, and how likely the joint action is by now. */
import type { Arena } from "../../kernels/memory.ts";
import type { Batch } from "../../rollouts/batch.ts";
import type { Columns, Policy } from "./policy.ts";
import { type Change, PolicyBatch } from "./policy-batch.ts";

export class TeamBatch {
  /** Of each agent. */
  readonly rows: number;
  readonly policies: readonly PolicyBatch[];
  /** [agents] of [rows], 1 where the agent was there. */
  readonly alive: readonly Uint8Array[];
  readonly #changes = new Map<PolicyBatch, Change>();

  constructor(
    arena: Arena,
    policies: readonly Policy[],
    columns: readonly Columns[],
    batch: Batch,
    chunkLength: number,
  ) {
    this.rows = batch.rows;
    this.alive = batch.agents.map(({ alive }) => alive);
    this.policies = policies.map((policy) => new PolicyBatch(arena, policy, columns, batch, chunkLength));
  }

  /** Rows or chunks: what minibatches are made of. */
  get units(): number {
    return this.policies[0].units;
  }

  /** The policies of these agents, each once. */
  policiesOf(agents: readonly number[]): PolicyBatch[] {
    return this.policies.filter(({ policy }) => policy.agents.some((agent) => agents.includes(agent)));
  }

  /** [rows] π/π_old of an agent, as last measured. */
  ratios(agent: number): Float64Array {
    return this.policiesOf([agent])[0].ratios(agent);
  }

  /** [all agents] of [rows]. */
  allRatios(): Float64Array[] {
    return this.alive.map((_, agent) => this.ratios(agent));
  }

  /** Takes a policy's present log-probabilities. */
  measure(arena: Arena, policy: PolicyBatch): void {
    this.#changes.set(policy, policy.measure(arena));
  }

  /** How far each agent's policy has come, [agents]; measures the policies that never were. */
  changes(arena: Arena): Change {
    const kl = this.alive.map(() => 0);
    const entropy = this.alive.map(() => 0);
    for (const policy of this.policies) {
      const change = this.#changes.get(policy) ?? policy.measure(arena);
      for (const [member, agent] of policy.policy.agents.entries()) {
        kl[agent] = change.kl[member];
        entropy[agent] = change.entropy[member];
      }
    }
    return { kl, entropy };
  }
}
