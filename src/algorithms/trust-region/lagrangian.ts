/**
 * An agent's part of the augmented Lagrangian at true log-ratios ℓ of a moved policy (Li & He 2020, eq. 11), up to
 * terms that do not depend on ℓ:
 *   L(ℓ) = −(1/B) Σ_b Â_b exp(Σₘ ℓ_bm) + (1/B) Σₑ [ C pₑᵀℓ + (ρ/2) ‖ℓ − meanₑ‖² ].
 * Without links it is TRPO's surrogate, negated (Schulman et al. 2015).
 */
import type { Pointer } from "../../kernels/abi.ts";
import type { Arena } from "../../kernels/memory.ts";
import { exp } from "../../tensor/math.ts";

/** What a link adds; arrays are [components]. */
export interface LinkTerm {
  /** C: +1 at the first end, −1 at the second. */
  readonly sign: 1 | -1;
  readonly mean: Pointer;
  readonly dual: Pointer;
}

export interface LagrangianTerms {
  /** a[components]: the advantage of a sample repeated for each of its components. */
  readonly advantages: Pointer;
  readonly components: number;
  readonly samples: number;
  readonly links: readonly LinkTerm[];
  readonly penalty: number;
}

/** L at logRatio[components], in f64; without a pointer at ℓ = 0. */
export function lagrangian(arena: Arena, terms: LagrangianTerms, logRatio?: Pointer): number {
  if (logRatio === undefined) return lagrangianAtZero(arena, terms);
  const { components, samples, links, penalty } = terms;
  const ratios = arena.f32(logRatio, components);
  const advantages = arena.f32(terms.advantages, components);
  const perSample = components / samples;
  let sum = 0;
  for (let b = 0; b < samples; b++) {
    let jointLogRatio = 0;
    for (let m = b * perSample; m < (b + 1) * perSample; m++) jointLogRatio += ratios[m];
    sum -= advantages[b * perSample] * exp(jointLogRatio);
  }
  for (const link of links) {
    const mean = arena.f32(link.mean, components);
    const dual = arena.f32(link.dual, components);
    for (let m = 0; m < components; m++) {
      const distance = ratios[m] - mean[m];
      sum += link.sign * dual[m] * ratios[m] + 0.5 * penalty * distance * distance;
    }
  }
  return sum / samples;
}

/** The same sums in the same order, without the factors that are 1 and the terms that are 0. */
function lagrangianAtZero(
  arena: Arena,
  { advantages, components, samples, links, penalty }: LagrangianTerms,
): number {
  const values = arena.f32(advantages, components);
  let sum = 0;
  for (let first = 0; first < components; first += components / samples) sum -= values[first];
  for (const link of links) {
    const mean = arena.f32(link.mean, components);
    for (let m = 0; m < components; m++) sum += 0.5 * penalty * mean[m] * mean[m];
  }
  return sum / samples;
}
