/**
 * What every trust-region learner is: a policy with its heads, a value function, and random streams of its own. It
 * acts, fits its values, and expands its policy around the present parameters for a step inside the trust region.
 */

import type { Pointer } from "../../kernels/abi.ts";
import type { Arena } from "../../kernels/memory.ts";
import { mlpLayout } from "../../nn/mlp.ts";
import { flatten, unflatten } from "../../nn/parameters.ts";
import { estimateAdvantages, explainedVariance } from "../../rollouts/advantages.ts";
import type { AgentBatch, Batch } from "../../rollouts/batch.ts";
import type { Actions } from "../../rollouts/joint-policy.ts";
import { presentRows } from "../../rollouts/presence.ts";
import type { Random } from "../../tensor/random.ts";
import { NonFiniteError } from "../../validation/errors.ts";
import type { AlgorithmState } from "../algorithm.ts";
import { fitTogether, type ValueFit, ValueFunction } from "../value-function.ts";
import { type HeadOwnership, LocalPolicy, type SharedNoise } from "./local-policy.ts";
import type { TrustRegionSettings } from "./options.ts";
import { type ExpansionOptions, PolicyExpansion } from "./policy-expansion.ts";

/** What an agent learns alone from its own data. */
export interface LocalEstimates {
  /** [rows], 0 where the agent is not there. */
  readonly advantages: Float32Array;
  readonly explainedVariance: number;
}

export class TrustRegionAgent<Settings extends TrustRegionSettings = TrustRegionSettings> {
  readonly name: string;
  readonly policy: LocalPolicy;
  protected readonly settings: Settings;
  /** Orders minibatches, chooses Fisher rows, draws K-FAC's actions. */
  protected readonly learning: Random;
  readonly #value: ValueFunction;
  readonly #acting: Random;
  readonly #sharedNoise: SharedNoise;

  constructor(
    name: string,
    observationSize: number,
    heads: HeadOwnership,
    settings: Settings,
    random: Random,
    sharedNoise: SharedNoise,
  ) {
    const width = heads.headSizes.reduce((sum, size) => sum + size, 0);
    const { hiddenSizes, activation } = settings;
    this.name = name;
    this.settings = settings;
    this.#acting = settings.sharedNoise ? sharedNoise.random : random.derive("acting");
    this.#sharedNoise = sharedNoise;
    this.learning = random.derive("learning");
    const sizes = [observationSize, ...hiddenSizes];
    this.policy = new LocalPolicy(
      { sizes: [...sizes, width], activation },
      heads,
      settings.policyOutputGain,
      random.derive("policy"),
    );
    this.#value = new ValueFunction(
      { sizes: [...sizes, 1], activation },
      settings.valueLearningRate,
      random.derive("value"),
    );
  }

  /** Writes its own actions into actions[rows, heads that its policy knows]. */
  act(
    arena: Arena,
    observations: Float32Array,
    rows: number,
    actions: Actions,
    deterministic: boolean,
  ): void {
    const { policy } = this;
    if (deterministic) policy.mode(arena, observations, rows, actions);
    else if (this.settings.sharedNoise) {
      policy.sampleWithSharedNoise(arena, observations, rows, this.#sharedNoise, actions);
    } else policy.sample(arena, observations, rows, this.#acting, actions);
  }

  /** Draws its actions from a new stream below `random`: that of its number, or everybody's where noise is shared. */
  sampleFrom(random: Random, number: number): void {
    const stream = this.settings.sharedNoise ? random.derive("shared-noise") : random.derive("agent", number);
    this.#acting.loadState(stream.saveState());
  }

  /** Advantages from its own rewards and value function, which is to be fitted then. */
  estimate(arena: Arena, batch: Batch, own: AgentBatch): LocalEstimates & { readonly fit: ValueFit } {
    const { name, settings, learning } = this;
    const value = this.#value;
    const values = value.predict(arena, own.observations, batch.rows);
    // Whoever has left has no future, whatever ends the episode of the others.
    const cutValues = value
      .predict(arena, own.cutObservations, batch.cuts.length)
      .map((future, cut) => (own.cutAlive[cut] ? future : 0));
    const { advantages, returns } = estimateAdvantages(
      arena,
      batch,
      own.rewards,
      values,
      cutValues,
      settings,
      own,
    );
    for (const [row, there] of own.alive.entries()) if (!there) advantages[row] = 0;
    const odd = advantages.findIndex((advantage) => !Number.isFinite(advantage));
    if (odd >= 0) throw new NonFiniteError(`advantages: ${name}, row ${odd}: ${advantages[odd]}`);
    const observations = presentRows(own.observations, own.alive, own.observations.length / batch.rows);
    const targets = presentRows(returns, own.alive);
    const fit = { name, value, observations, returns: targets, options: settings, random: learning };
    const explained = explainedVariance(presentRows(values, own.alive), targets);
    return { advantages, explainedVariance: explained, fit };
  }

  /**
   * Its policy to second order around the present parameters; lives in the arena's scope.
   * @param actions i32 [rows, heads that its policy knows] in the arena.
   */
  protected expand(
    arena: Arena,
    observations: Float32Array,
    rows: number,
    actions: Pointer,
    options: ExpansionOptions,
  ): PolicyExpansion {
    const { shape, heads, parameters } = this.policy;
    const fisherRows = this.#fisherRows(rows);
    const data = { observations: arena.place(observations), actions, rows, fisherRows };
    return new PolicyExpansion(arena, shape, heads.headSizes, parameters, data, options);
  }

  /** Mean entropy of its own heads, summed over them. */
  protected entropy({ heads, logProbs, samples }: PolicyExpansion): number {
    const { first, count } = this.policy.heads;
    const entropies = heads.meanEntropyPerHead(logProbs, samples);
    return entropies.subarray(first, first + count).reduce((sum, entropy) => sum + entropy, 0);
  }

  save(prefix: string): AlgorithmState {
    const policyLayout = mlpLayout(this.policy.shape, `${prefix}policy.`);
    const valueLayout = mlpLayout(this.#value.shape, `${prefix}value.`);
    const { parameters, adam } = this.#value.save();
    const { m, v, ...counters } = adam;
    return {
      tensors: {
        ...unflatten(policyLayout, this.policy.parameters),
        ...unflatten(valueLayout, parameters),
        [`${prefix}value.adam.m`]: { shape: [m.length], values: m },
        [`${prefix}value.adam.v`]: { shape: [v.length], values: v },
      },
      facts: {
        [`${prefix}adam`]: counters,
        [`${prefix}acting`]: this.#acting.saveState(),
        [`${prefix}learning`]: this.learning.saveState(),
      },
    };
  }

  load(prefix: string, { tensors, facts }: AlgorithmState): void {
    this.policy.parameters = flatten(mlpLayout(this.policy.shape, `${prefix}policy.`), tensors);
    this.#value.load({
      parameters: flatten(mlpLayout(this.#value.shape, `${prefix}value.`), tensors),
      adam: {
        m: tensors[`${prefix}value.adam.m`].values,
        v: tensors[`${prefix}value.adam.v`].values,
        ...(facts[`${prefix}adam`] as { step: number; beta1Power: number; beta2Power: number }),
      },
    });
    this.#acting.loadState(facts[`${prefix}acting`] as number[]);
    this.learning.loadState(facts[`${prefix}learning`] as number[]);
  }

  /** Rows for the KL Hessian, ascending: one in `fisherSubsample`. */
  #fisherRows(rows: number): Int32Array {
    const { fisherSubsample, fisherOrder } = this.settings;
    const count = Math.max(1, Math.floor(rows / fisherSubsample));
    if (fisherOrder === "strided") return Int32Array.from({ length: count }, (_, i) => i * fisherSubsample);
    const order = this.learning.shuffle(Int32Array.from({ length: rows }, (_, row) => row));
    return order.slice(0, count).sort();
  }
}

/** What every agent learns alone from its own data; value functions are fitted at the same time. */
export function estimateAll(
  agents: readonly TrustRegionAgent[],
  arena: Arena,
  batch: Batch,
): readonly LocalEstimates[] {
  const estimates = agents.map((agent, i) => agent.estimate(arena, batch, batch.agents[i]));
  fitTogether(
    arena,
    estimates.map(({ fit }) => fit),
  );
  return estimates;
}

/** The state of all agents, numbered. */
export function saveAgents(agents: readonly TrustRegionAgent[]): AlgorithmState {
  const states = agents.map((agent, i) => agent.save(`agents.${i}.`));
  return {
    tensors: Object.assign({}, ...states.map(({ tensors }) => tensors)),
    facts: Object.assign({}, ...states.map(({ facts }) => facts)),
  };
}

export function loadAgents(agents: readonly TrustRegionAgent[], state: AlgorithmState): void {
  for (const [i, agent] of agents.entries()) agent.load(`agents.${i}.`, state);
}
