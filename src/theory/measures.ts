/** Expectations over tables, and how far two policies are apart: total variation, KL. */
import type { TabularGame } from "../environments/tabular/game.ts";
import { log } from "../tensor/math.ts";
import type { ProductPolicy } from "./policy.ts";

/** E_{s∼d, a∼w(·|s)} f(s, a). @param d [states] @param weights, f [states, K]; weights may be differences of policies */
export function expectation(
  { joint }: TabularGame,
  d: Float64Array,
  weights: Float64Array,
  f: Float64Array,
): number {
  let sum = 0;
  for (let at = 0; at < f.length; at++) sum += d[Math.floor(at / joint)] * weights[at] * f[at];
  return sum;
}

/** max |f|. */
export function largest(f: Float64Array): number {
  return f.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
}

/** ½ Σₐ |p(a|s) − q(a|s)| of every row. @param p, q [rows, columns] */
export function totalVariations(p: Float64Array, q: Float64Array, columns: number): Float64Array {
  const distances = new Float64Array(p.length / columns);
  for (let at = 0; at < p.length; at++) distances[Math.floor(at / columns)] += Math.abs(p[at] - q[at]) / 2;
  return distances;
}

/** αⁱ = maxₛ TV(πⁱ(·|s), π̄ⁱ(·|s)) of every agent. */
export function agentDistances(
  { choices }: TabularGame,
  policy: ProductPolicy,
  other: ProductPolicy,
): number[] {
  return policy.map((table, i) => largest(totalVariations(table, other[i], choices[i])));
}

/** maxₛ KL(πⁱ(·|s) ‖ π̄ⁱ(·|s)) of every agent. */
export function agentDivergences(
  { choices }: TabularGame,
  policy: ProductPolicy,
  other: ProductPolicy,
): number[] {
  return policy.map((table, i) => {
    const divergences = new Float64Array(table.length / choices[i]);
    for (const [at, p] of table.entries())
      divergences[Math.floor(at / choices[i])] += p === 0 ? 0 : p * log(p / other[i][at]);
    return largest(divergences);
  });
}
