/** What policy steps tell on their way: ratios, clips, norms of gradients. Means over all steps of an update. */
import { ratiosOf, type Samples } from "./policy-batch.ts";
import { isClipped } from "./surrogate.ts";
import type { Share } from "./surrogate-samples.ts";
import type { TrustRegionReport } from "./trust-region-step.ts";

interface AgentSums {
  samples: number;
  clipped: number;
  /** Of ε. */
  range: number;
  deviation: number;
  largest: number;
  factorDeviation: number;
  gradientNorm: number;
  steps: number;
}

/** Sums of an update, agent by agent. */
export class StepStatistics {
  readonly #agents: readonly AgentSums[];
  /** Of trust-region steps. */
  readonly #scales: number[] = [];
  readonly #gains: number[] = [];

  constructor(agents: number) {
    this.#agents = Array.from({ length: agents }, () => ({
      samples: 0,
      clipped: 0,
      range: 0,
      deviation: 0,
      largest: 1,
      factorDeviation: 0,
      gradientNorm: 0,
      steps: 0,
    }));
  }

  /**
   * A step of one policy. @param shares of its agents @param rows of each @param logProbs [samples] before the step
   */
  addStep(
    { alive, places, oldLogProbs }: Samples,
    shares: readonly (Share | undefined)[],
    rows: number,
    logProbs: Float32Array,
    gradientNorm: number,
  ): void {
    const ratios = ratiosOf(logProbs, oldLogProbs, alive);
    for (let i = 0; i < ratios.length; i++) {
      if (!alive[i]) continue;
      const row = places[i] % rows;
      const { agent, factors, advantages, range } = shares[(places[i] - row) / rows] as Share;
      const factor = factors ? factors[row] : 1;
      const sums = this.#agents[agent];
      sums.samples++;
      sums.clipped += Number(isClipped(ratios[i], factor, advantages[row], range));
      sums.range += range.inner;
      sums.deviation += Math.abs(ratios[i] - 1);
      sums.factorDeviation += Math.abs(factor - 1);
      sums.largest = Math.max(sums.largest, ratios[i]);
    }
    for (const share of shares) if (share) this.#addNorm(share.agent, gradientNorm);
  }

  addTrustRegionStep(agent: number, { scale, gradientNorm, gain }: TrustRegionReport): void {
    this.#addNorm(agent, gradientNorm);
    this.#scales[agent] = scale;
    this.#gains[agent] = gain;
  }

  #addNorm(agent: number, gradientNorm: number): void {
    this.#agents[agent].gradientNorm += gradientNorm;
    this.#agents[agent].steps++;
  }

  /** Agents whose trust-region steps were all refused; without a gradient, as of those never there, none was tried. */
  get refused(): number[] {
    return [...this.#scales.keys()].filter(
      (agent) => this.#scales[agent] === 0 && this.#agents[agent].gradientNorm > 0,
    );
  }

  /** By name, [agents]. */
  report(): Record<string, readonly number[]> {
    const mean = (sum: number, count: number): number => (count > 0 ? sum / count : 0);
    const each = (f: (sums: AgentSums) => number): number[] => this.#agents.map(f);
    const norms = { policyGradientNorm: each(({ gradientNorm, steps }) => mean(gradientNorm, steps)) };
    if (this.#scales.length > 0) return { ...norms, stepScale: this.#scales, surrogateGain: this.#gains };
    return {
      ...norms,
      clipFraction: each(({ clipped, samples }) => mean(clipped, samples)),
      clipRange: each(({ range, samples }) => mean(range, samples)),
      ratioDeviation: each(({ deviation, samples }) => mean(deviation, samples)),
      largestRatio: each(({ largest }) => largest),
      factorDeviation: each(({ factorDeviation, samples }) => mean(factorDeviation, samples)),
    };
  }
}
