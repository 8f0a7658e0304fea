/** What policy steps tell on their way: ratios, clips, norms of gradients. Means over all minibatches of an update. */
import type { Samples } from "./policy-batch.ts";
import { type ClipRange, isClipped } from "./surrogate.ts";
import type { TrustRegionReport } from "./trust-region-step.ts";

/** One agent's share of a minibatch. */
export interface RatioSamples {
  readonly alive: Samples["alive"];
  readonly ratios: Float64Array;
  readonly factors: Float64Array | undefined;
  readonly advantages: Float64Array;
  readonly range: ClipRange;
}

interface AgentSums {
  samples: number;
  clipped: number;
  deviation: number;
  largest: number;
  factorDeviation: number;
  gradientNorm: number;
  steps: number;
}

export class StepStatistics {
  readonly #agents: readonly AgentSums[];
  /** Of trust-region steps. */
  readonly #scales: number[] = [];
  readonly #gains: number[] = [];

  constructor(agents: number) {
    this.#agents = Array.from({ length: agents }, () => ({
      samples: 0,
      clipped: 0,
      deviation: 0,
      largest: 1,
      factorDeviation: 0,
      gradientNorm: 0,
      steps: 0,
    }));
  }

  addSamples(agent: number, { alive, ratios, factors, advantages, range }: RatioSamples): void {
    const sums = this.#agents[agent];
    for (const [row, ratio] of ratios.entries()) {
      if (!alive[row]) continue;
      const factor = factors ? factors[row] : 1;
      sums.samples++;
      sums.clipped += Number(isClipped(ratio, factor, advantages[row], range));
      sums.deviation += Math.abs(ratio - 1);
      sums.factorDeviation += Math.abs(factor - 1);
      sums.largest = Math.max(sums.largest, ratio);
    }
  }

  addStep(agent: number, gradientNorm: number): void {
    this.#agents[agent].gradientNorm += gradientNorm;
    this.#agents[agent].steps++;
  }

  addTrustRegionStep(agent: number, { scale, gradientNorm, gain }: TrustRegionReport): void {
    this.addStep(agent, gradientNorm);
    this.#scales[agent] = scale;
    this.#gains[agent] = gain;
  }

  /** Agents whose trust-region steps were all refused. */
  get refused(): number[] {
    return [...this.#scales.keys()].filter((agent) => this.#scales[agent] === 0);
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
      ratioDeviation: each(({ deviation, samples }) => mean(deviation, samples)),
      largestRatio: each(({ largest }) => largest),
      factorDeviation: each(({ factorDeviation, samples }) => mean(factorDeviation, samples)),
    };
  }
}
