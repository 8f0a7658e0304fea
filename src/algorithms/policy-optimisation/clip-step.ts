/**
 * Passes over the batch with clipped surrogates: for each minibatch one Adam step of each policy whose agents take part,
 *   loss = −mean(surrogate) − entropyCoefficient · mean(entropy),
 * the means over the rows in which agents were there.
 */
import { add, multiply, negate, scale } from "../../autodiff/operations.ts";
import { rules } from "../../autodiff/rules.ts";
import { sum } from "../../autodiff/shaping.ts";
import { Tape } from "../../autodiff/tape.ts";
import type { Arena } from "../../kernels/memory.ts";
import { TapeNetwork } from "../../nn/network-tape.ts";
import type { Random } from "../../tensor/random.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { minibatches } from "./minibatches.ts";
import { MovingNetwork, type MovingOptions } from "./moving-network.ts";
import { type PolicyBatch, ratiosOf, type Samples } from "./policy-batch.ts";
import { joinRows, takeRows } from "./rows.ts";
import type { StepStatistics } from "./statistics.ts";
import { type ClipRange, ratioWeight, type SurrogateSamples, surrogateTensor } from "./surrogate.ts";
import type { TeamBatch } from "./team-batch.ts";

/** An agent that is updated. */
export interface Member {
  readonly agent: number;
  /** [rows], normalised. */
  readonly advantages: Float64Array;
  readonly range: ClipRange;
}

/**
 * What each agent's ratio is multiplied with: nothing, one product of other agents' ratios [rows], or the product over
 * all other agents at their parameters of the moment.
 */
export type Factor = undefined | Float64Array | "others";

export interface ClipPasses {
  readonly epochs: number;
  readonly minibatches: number;
  readonly entropyCoefficient: number;
  readonly moving: MovingOptions;
  readonly random: Random;
}

/** Updates the members' policies; `team` then has their new log-probabilities. */
export function clipPasses(
  arena: Arena,
  team: TeamBatch,
  members: readonly Member[],
  factor: Factor,
  passes: ClipPasses,
  statistics: StepStatistics,
): void {
  arena.scope(() => {
    const step = new ClipStep(arena, team, members, factor, passes, statistics);
    for (let epoch = 0; epoch < passes.epochs; epoch++) {
      for (const at of minibatches(team.rows, passes.minibatches, passes.random)) step.minibatch(at);
    }
    step.finish();
  });
  for (const policy of team.policiesOf(members.map(({ agent }) => agent))) team.measure(arena, policy);
}

/** A policy on its way, with those of its agents that take part. */
interface Mover {
  readonly batch: PolicyBatch;
  readonly network: MovingNetwork;
  readonly members: readonly Member[];
}

class ClipStep {
  readonly #arena: Arena;
  readonly #team: TeamBatch;
  readonly #movers: readonly Mover[];
  readonly #factor: Factor;
  readonly #passes: ClipPasses;
  readonly #statistics: StepStatistics;
  /** Samples of whole passes, with the input in the arena. */
  readonly #whole = new Map<Mover, Samples>();

  constructor(
    arena: Arena,
    team: TeamBatch,
    members: readonly Member[],
    factor: Factor,
    passes: ClipPasses,
    statistics: StepStatistics,
  ) {
    this.#arena = arena;
    this.#team = team;
    this.#factor = factor;
    this.#passes = passes;
    this.#statistics = statistics;
    this.#movers = team.policiesOf(members.map(({ agent }) => agent)).map((batch) => {
      const { name, shape, parameters, adam } = batch.policy;
      const title = `policy of ${name}`;
      return {
        batch,
        network: new MovingNetwork(arena, title, shape, parameters, adam, passes.moving),
        members: members.filter(({ agent }) => batch.policy.agents.includes(agent)),
      };
    });
  }

  /** One step of every policy. @param at rows of the minibatch, all without */
  minibatch(at: Int32Array | undefined): void {
    const ratios = this.#factor === "others" ? this.#presentRatios(at) : [];
    const factors = (agent: number): Float64Array | undefined => {
      if (this.#factor === "others") return productOfOthers(ratios, agent);
      return this.#factor && takeRows(this.#factor, 1, at);
    };
    for (const mover of this.#movers) this.#step(mover, at, factors);
  }

  finish(): void {
    for (const { batch, network } of this.#movers) batch.policy.parameters = network.finish();
  }

  #step(
    mover: Mover,
    at: Int32Array | undefined,
    factors: (agent: number) => Float64Array | undefined,
  ): void {
    const { batch, network, members } = mover;
    const { distribution } = batch.policy;
    const samples = this.#samples(mover, at);
    const shares = members.map(({ agent, advantages, range }) => ({
      agent,
      advantages: takeRows(advantages, 1, at),
      factors: factors(agent),
      range,
    }));
    const { terms, weights } = surrogateSamples(samples, shares);
    if (!terms) return;
    let logProbs: Float32Array = new Float32Array(0);
    const { gradientNorm } = network.step(samples, (output, extra) => {
      const likelihoods = distribution.logProb(output, extra, samples.actions, samples.masks);
      logProbs = likelihoods.read();
      const gain = sum(surrogateTensor(likelihoods, terms));
      const bonus = this.#entropyBonus(() => distribution.entropy(output, extra, samples.masks), weights);
      return negate(bonus ? add(gain, bonus) : gain);
    });
    const rows = samples.rows / members.length;
    for (const [i, share] of shares.entries()) {
      const part = <T extends Float32Array | Uint8Array>(values: T): T =>
        values.subarray(i * rows, (i + 1) * rows) as T;
      const alive = part(samples.alive);
      const ratios = ratiosOf(part(logProbs), part(samples.oldLogProbs), alive);
      this.#statistics.addSamples(share.agent, { ...share, alive, ratios });
      this.#statistics.addStep(share.agent, gradientNorm);
    }
  }

  #entropyBonus(entropies: () => Tensor, weights: Float32Array): Tensor | undefined {
    const { entropyCoefficient } = this.#passes;
    if (entropyCoefficient === 0) return undefined;
    return scale(sum(multiply(entropies(), weights)), entropyCoefficient);
  }

  #samples(mover: Mover, at: Int32Array | undefined): Samples {
    const known = at ? undefined : this.#whole.get(mover);
    if (known) return known;
    const samples = mover.batch.select(
      mover.members.map(({ agent }) => agent),
      at,
    );
    if (at) return samples;
    const placed = { ...samples, input: this.#arena.place(samples.input as Float32Array) };
    this.#whole.set(mover, placed);
    return placed;
  }

  /** [all agents] ratios at the parameters of the moment. */
  #presentRatios(at: Int32Array | undefined): Float64Array[] {
    const ratios: Float64Array[] = [];
    for (const batch of this.#team.policies) {
      const mover = this.#movers.find((candidate) => candidate.batch === batch);
      const { agents } = batch.policy;
      if (!mover?.network.moved) {
        for (const agent of agents) ratios[agent] = batch.ratios(agent, at);
        continue;
      }
      const samples = batch.select(agents, at);
      const present = ratiosOf(this.#logProbs(mover, samples), samples.oldLogProbs, samples.alive);
      const rows = samples.rows / agents.length;
      for (const [i, agent] of agents.entries()) ratios[agent] = present.subarray(i * rows, (i + 1) * rows);
    }
    return ratios;
  }

  #logProbs({ batch, network }: Mover, samples: Samples): Float32Array {
    return Tape.run(this.#arena, rules, (tape) => {
      const present = new TapeNetwork(tape, network.shape, network.parameters);
      const output = present.forward(samples);
      return batch.policy.distribution.logProb(output, present.extra, samples.actions, samples.masks).read();
    });
  }
}

/** What one agent's rows are weighted with. */
interface Share {
  readonly advantages: Float64Array;
  readonly factors: Float64Array | undefined;
  readonly range: ClipRange;
}

/** Surrogate terms of all shares, and what makes sums over present rows means; no terms when nobody is there. */
export function surrogateSamples(
  { alive, oldLogProbs }: Samples,
  shares: readonly Share[],
): { readonly terms: SurrogateSamples | undefined; readonly weights: Float32Array } {
  const present = alive.reduce((count, one) => count + one, 0);
  const weights = Float32Array.from(alive, (one) => (present > 0 ? one / present : 0));
  if (present === 0) return { terms: undefined, weights };
  const each = (f: (share: Share, factor: number, row: number) => number): Float32Array =>
    joinRows(
      shares.map((share) =>
        Float32Array.from(share.advantages, (_, row) =>
          f(share, share.factors ? share.factors[row] : 1, row),
        ),
      ),
    );
  const advantages = each(({ advantages, range }, factor, row) =>
    range.placement === "outside" ? factor * advantages[row] : advantages[row],
  );
  const same = shares.every(({ range }) => range.inner === shares[0].range.inner);
  const terms = {
    oldLogProbs,
    weights: each(({ range }, factor) => ratioWeight(factor, range)),
    advantages: advantages.map((advantage, row) => advantage * weights[row]),
    inner: same ? shares[0].range.inner : each(({ range }) => range.inner),
  };
  return { terms, weights };
}

/** Πⱼ≠ᵢ rʲ, [rows]. */
export function productOfOthers(ratios: readonly Float64Array[], agent: number): Float64Array {
  return productOf(
    ratios.filter((_, other) => other !== agent),
    ratios[agent].length,
  );
}

/** The product of ratios row by row; ones for none. */
export function productOf(ratios: readonly Float64Array[], rows: number): Float64Array {
  const product = new Float64Array(rows).fill(1);
  for (const values of ratios) for (let row = 0; row < rows; row++) product[row] *= values[row];
  return product;
}
