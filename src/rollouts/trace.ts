/**
 * Advantages of a new policy from an old one's data (preceding-agent off-policy correction, PreOPC; Wang et al. 2023):
 * Aₜ = δₜ + γλ(1 − endₜ) cₜ₊₁ Aₜ₊₁ with cᵤ = min(c̄, ρᵤ), ρᵤ = new / old probability of the joint action of step u.
 * The ratio of step t itself is left out, since the action aₜ is given. With all cᵤ = 1 this is generalised advantage
 * estimation. Everything is f64 with + − × alone.
 */

export interface Trace {
  /** [rows]. */
  readonly rewards: ArrayLike<number>;
  /** [rows] V of the row. */
  readonly values: ArrayLike<number>;
  /** [rows] V of what followed the row; 0 after a termination. */
  readonly bootstraps: ArrayLike<number>;
  /** [rows], 1 where the trace is cut after the row; it is cut after the last row anyway. */
  readonly ends: ArrayLike<number>;
  /** [rows] ρ ≥ 0. @defaultValue none, as when nobody has changed: generalised advantage estimation */
  readonly ratios?: ArrayLike<number>;
}

export interface TraceOptions {
  /** γ. */
  readonly gamma: number;
  /** λ. */
  readonly gaeLambda: number;
  /**
   * c̄ ≥ 0, which bounds each ratio; Infinity leaves them as they are. "cumulative" bounds the weight of each later δ as a
   * whole instead, Cᵤ = min(1, ρᵤ Cᵤ₋₁), as the official code's faster variant does. @defaultValue 1
   */
  readonly traceClip?: number | "cumulative";
  /**
   * How often λ enters a step that is weighted with c; the official code has it twice. Without effect under
   * "cumulative". @defaultValue 1
   */
  readonly lambdaPower?: 1 | 2;
  /**
   * From 0 to 1, the share of each ratio that passes its bound: c = (1 − leak) min(c̄, ρ) + leak ρ. Without effect under
   * "cumulative". @defaultValue 0
   */
  readonly traceLeak?: number;
}

/** The product of two weights; 0 · ∞ is 0, since behind a weight of 0 nothing counts. */
const weight = (first: number, second: number): number => (first === 0 || second === 0 ? 0 : first * second);

/** [rows] advantages. */
export function traceAdvantages(trace: Trace, options: TraceOptions): Float64Array {
  const { ratios } = trace;
  const { gamma, gaeLambda, traceClip = 1, lambdaPower = 1, traceLeak = 0 } = options;
  const deltas = temporalDifferences(trace, gamma);
  const decay = gamma * gaeLambda;
  if (!ratios) return scan(deltas, trace.ends, () => decay);
  if (traceClip === "cumulative") return cumulative(deltas, trace.ends, ratios, decay);
  const corrected = lambdaPower === 2 ? decay * gaeLambda : decay;
  return scan(deltas, trace.ends, (row) => corrected * leaky(ratios[row], traceClip, traceLeak));
}

/**
 * [rows] how much likelier the new policy is to come to each row's state than the old one: the product of bounded ratios
 * over the rows before it in its episode, Wₜ₊₁ = Wₜ min(c̄, ρₜ) from 1; min(1, Wₜ ρₜ) under "cumulative". An episode that
 * began before the rows did begins with 1 here.
 */
export function visitRatios(
  { ratios, ends }: Required<Pick<Trace, "ratios" | "ends">>,
  traceClip: number | "cumulative",
): Float64Array {
  const visits = new Float64Array(ratios.length).fill(1);
  for (let row = 1; row < visits.length; row++) {
    if (ends[row - 1]) continue;
    const [before, ratio] = [visits[row - 1], ratios[row - 1]];
    visits[row] =
      traceClip === "cumulative" ? Math.min(1, before * ratio) : before * Math.min(traceClip, ratio);
  }
  return visits;
}

/** c of a ratio. Nothing leaks of a ratio that has overflowed to infinity either, where 0 · ∞ would be no number. */
function leaky(ratio: number, bound: number, leak: number): number {
  const bounded = Math.min(bound, ratio);
  return leak === 0 ? bounded : (1 - leak) * bounded + leak * ratio;
}

/** δₜ = rₜ + γ·bootstrapₜ − vₜ. */
function temporalDifferences({ rewards, values, bootstraps }: Trace, gamma: number): Float64Array {
  const deltas = new Float64Array(rewards.length);
  for (let row = 0; row < deltas.length; row++) {
    deltas[row] = rewards[row] + gamma * bootstraps[row] - values[row];
  }
  return deltas;
}

/** Aₜ = δₜ + weight(t + 1)·Aₜ₊₁, backwards. */
function scan(deltas: Float64Array, ends: Trace["ends"], weight: (row: number) => number): Float64Array {
  const advantages = deltas.slice();
  for (let row = deltas.length - 2; row >= 0; row--) {
    if (!ends[row]) advantages[row] += weight(row + 1) * advantages[row + 1];
  }
  return advantages;
}

/**
 * Aₜ = Σᵤ (γλ)ᵘ⁻ᵗ Cᵤ δᵤ with Cₜ = 1, Cᵤ = min(1, ρᵤ Cᵤ₋₁). With P the running product of ratios Cᵤ = Pᵤ / max(Pₜ … Pᵤ),
 * so the sum falls into stretches that begin where P is as large as never since t. An earlier row either takes the next
 * stretch into its own, weighted, or has it follow with weight 1; a stretch is taken in once, so this is O(rows).
 */
function cumulative(
  deltas: Float64Array,
  ends: Trace["ends"],
  ratios: ArrayLike<number>,
  decay: number,
): Float64Array {
  const advantages = deltas.slice();
  /** By the first row of a stretch: its sum, and what lies between it and the next: product of ratios, decay. */
  const sums = deltas.slice();
  const products = new Float64Array(deltas.length);
  const decays = new Float64Array(deltas.length);
  /** First rows of the stretches that follow, the nearest last. */
  let starts: number[] = [];
  for (let row = deltas.length - 1; row >= 0; row--) {
    if (ends[row]) starts = [];
    products[row] = ratios[row + 1];
    decays[row] = decay;
    let next = starts.pop();
    for (; next !== undefined && products[row] < 1; next = starts.pop()) {
      sums[row] += decays[row] * products[row] * sums[next];
      products[row] = weight(products[row], products[next]);
      decays[row] *= decays[next];
    }
    advantages[row] = sums[row];
    if (next !== undefined) {
      advantages[row] += decays[row] * advantages[next];
      starts.push(next);
    }
    starts.push(row);
  }
  return advantages;
}
