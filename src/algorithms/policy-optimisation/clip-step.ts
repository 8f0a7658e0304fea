/**
 * Passes over the batch with clipped surrogates: for each minibatch one Adam step of each policy whose agents take part,
 *   loss = −mean(surrogate) − entropyCoefficient · mean(entropy),
 * the means over the samples in which agents were there.
 */
import { add, multiply, negate, scale } from "../../autodiff/operations.ts";
import { rules } from "../../autodiff/rules.ts";
import { sum } from "../../autodiff/shaping.ts";
import { Tape } from "../../autodiff/tape.ts";
import type { Arena } from "../../kernels/memory.ts";
import { TapeNetwork } from "../../nn/network-tape.ts";
import type { Random } from "../../tensor/random.ts";
import { minibatches } from "./minibatches.ts";
import { MovingNetwork, type MovingOptions } from "./moving-network.ts";
import { type PolicyBatch, ratiosOf, type Samples } from "./policy-batch.ts";
import type { StepStatistics } from "./statistics.ts";
import { surrogateTensor } from "./surrogate.ts";
import { type Member, type Share, type WeightedSamples, weightSamples } from "./surrogate-samples.ts";
import type { TeamBatch } from "./team-batch.ts";

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
      for (const at of minibatches(team.units, passes.minibatches, passes.random)) step.minibatch(at);
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
  /** The samples of whole passes, with the input in the arena; their weights, while factors stay. */
  whole?: Samples;
  weighted?: WeightedSamples | undefined;
}

class ClipStep {
  readonly #arena: Arena;
  readonly #team: TeamBatch;
  readonly #movers: readonly Mover[];
  readonly #factor: Factor;
  readonly #passes: ClipPasses;
  readonly #statistics: StepStatistics;

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
      const { name, shape, parameters, adam, agents } = batch.policy;
      const title = `policy of ${name}`;
      return {
        batch,
        network: new MovingNetwork(arena, title, shape, parameters, adam, passes.moving),
        members: members.filter(({ agent }) => agents.includes(agent)),
      };
    });
  }

  /** One step of every policy. @param at units of the minibatch, all without */
  minibatch(at: Int32Array | undefined): void {
    const ratios = this.#factor === "others" ? this.#presentRatios(at) : [];
    for (const mover of this.#movers) {
      const shares = mover.batch.policy.agents.map((agent): Share | undefined => {
        const member = mover.members.find((candidate) => candidate.agent === agent);
        const factors = this.#factor === "others" ? productOfOthers(ratios, agent) : this.#factor;
        return member && { ...member, factors };
      });
      this.#step(mover, shares, at);
    }
  }

  finish(): void {
    for (const { batch, network } of this.#movers) batch.policy.parameters = network.finish();
  }

  #step(mover: Mover, shares: readonly (Share | undefined)[], at: Int32Array | undefined): void {
    const { entropyCoefficient } = this.#passes;
    const { batch, network } = mover;
    const { distribution } = batch.policy;
    const samples = this.#samples(mover, at);
    const weighted = this.#weighted(mover, samples, shares, at);
    if (!weighted) return;
    let logProbs: Float32Array = new Float32Array(0);
    const { gradientNorm } = network.step(samples, (output, extra) => {
      const likelihoods = distribution.logProb(output, extra, samples.actions, samples.masks);
      logProbs = likelihoods.read();
      const gain = sum(surrogateTensor(likelihoods, weighted.terms));
      if (entropyCoefficient === 0) return negate(gain);
      const entropy = sum(multiply(distribution.entropy(output, extra, samples.masks), weighted.weights));
      return negate(add(gain, scale(entropy, entropyCoefficient)));
    });
    this.#statistics.addStep(samples, shares, batch.rows, logProbs, gradientNorm);
  }

  #samples(mover: Mover, at: Int32Array | undefined): Samples {
    if (!at && mover.whole) return mover.whole;
    const agents = mover.members.map(({ agent }) => agent);
    const samples = mover.batch.select(agents, at);
    if (at) return samples;
    mover.whole = { ...samples, input: this.#arena.place(samples.input as Float32Array) };
    return mover.whole;
  }

  #weighted(
    mover: Mover,
    samples: Samples,
    shares: readonly (Share | undefined)[],
    at: Int32Array | undefined,
  ): WeightedSamples | undefined {
    if (at || this.#factor === "others") return weightSamples(samples, shares, mover.batch.rows);
    mover.weighted ??= weightSamples(samples, shares, mover.batch.rows);
    return mover.weighted;
  }

  /** [all agents] of [rows] ratios at the parameters of the moment, at least in the rows of the minibatch. */
  #presentRatios(at: Int32Array | undefined): Float64Array[] {
    const ratios: Float64Array[] = [];
    for (const batch of this.#team.policies) {
      const mover = this.#movers.find((candidate) => candidate.batch === batch);
      const { agents } = batch.policy;
      for (const agent of agents) ratios[agent] = batch.ratios(agent);
      if (!mover?.network.moved) continue;
      const samples = batch.select(agents, at);
      const present = ratiosOf(this.#logProbs(mover, samples), samples.oldLogProbs, samples.alive);
      for (let i = 0; i < present.length; i++) {
        const row = samples.places[i] % batch.rows;
        ratios[agents[(samples.places[i] - row) / batch.rows]][row] = present[i];
      }
    }
    return ratios;
  }

  #logProbs({ batch, network }: Mover, samples: Samples): Float32Array {
    return Tape.run(this.#arena, rules, (tape) => {
      const present = new TapeNetwork(tape, network.shape, network.parameters);
      const output = present.forward(samples);
      const { distribution } = batch.policy;
      return distribution.logProb(output, present.extra, samples.actions, samples.masks).read();
    });
  }
}

/** Πⱼ≠ᵢ rʲ, [rows]. */
function productOfOthers(ratios: readonly Float64Array[], agent: number): Float64Array {
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
