/**
 * How far each agent's ratio may go. Agents that are updated later meet a team that has moved already, so A2PO gives
 * those before them less: C(ε, k) = ε(c + (1 − c) k/n) for the k-th of n (Wang et al. 2023).
 */

/** "adaptive": C(ε, k); "ratio-proportional": ε wᵢ / maxⱼ wⱼ, of the official code's runs with shared parameters. */
export type ClipRule = "constant" | "adaptive" | "ratio-proportional";

/** ε′ of the factor of the other agents: half of the own ε, a number of its own, or no bound. */
export type OuterClip = "half" | "none" | number;

/** C(ε, k). @param position k, from 1 to n @param start c, the share that everyone has */
export function adaptiveClip(epsilon: number, position: number, agents: number, start: number): number {
  return epsilon * start + (epsilon * (1 - start) * position) / agents;
}

/**
 * [agents] ε wᵢ / maxⱼ wⱼ, wᵢ = mean over samples of 1 / Πⱼ≥ᵢ (1 + |1 − rⱼ|): by number, not by order.
 * @param ratios [agents] of [samples]
 */
export function ratioProportionalClips(epsilon: number, ratios: readonly ArrayLike<number>[]): number[] {
  const samples = ratios[0].length;
  const sums = new Float64Array(ratios.length);
  for (let sample = 0; sample < samples; sample++) {
    let product = 1;
    for (let agent = ratios.length - 1; agent >= 0; agent--) {
      product *= 1 + Math.abs(1 - ratios[agent][sample]);
      sums[agent] += 1 / product;
    }
  }
  const largest = sums.reduce((most, sum) => Math.max(most, sum), 0);
  return Array.from(sums, (sum) => (epsilon * sum) / largest);
}

/** ε′ beside an own ε. */
export function outerClip(rule: OuterClip, inner: number): number {
  if (rule === "half") return inner / 2;
  return rule === "none" ? Number.POSITIVE_INFINITY : rule;
}
