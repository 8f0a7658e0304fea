/**
 * The kernels' ABI: what `assembly/index.ts` exports and `reference/` repeats in plain TypeScript.
 *
 * Every pointer is a byte offset into the arena's memory, 4-byte aligned (16 is fastest), row-major,
 * f32 unless said otherwise. Sizes may be 0. Outputs may alias inputs only where that is said.
 * Twins perform the same roundings in the same order, so both give the same bits.
 */

import type { EigenKernels } from "./abi-eigen.ts";
import type { FitKernels } from "./abi-fit.ts";
import type { LayerKernels } from "./abi-layers.ts";
import type { RangeKernels } from "./abi-ranges.ts";

/** A byte offset into linear memory. */
export type Pointer = number;

/** Activation functions by the number the kernels use. */
export const Activation = { identity: 0, relu: 1, tanh: 2, selu: 3 } as const;
export type ActivationName = keyof typeof Activation;
export type ActivationCode = (typeof Activation)[ActivationName];

/** Products are summed in blocks of this many terms; the order is part of the ABI (same bits everywhere). */
export const SUM_BLOCK = 256;

export interface Kernels extends EigenKernels, RangeKernels, FitKernels, LayerKernels {
  // ---- matmul: error of each entry ≤ (SUM_BLOCK + ⌈k/SUM_BLOCK⌉)·2⁻²⁴·Σ|aᵢbᵢ|; with |C| added to the sum when accumulating
  /** Bytes of scratch that a product with inner size k and n columns needs. */
  matmulScratchBytes(k: number, n: number): number;
  /** C[m,n] = A[m,k]·B[k,n], or C += … when `accumulate` is 1. C must not alias A or B. */
  matmulF32(
    a: Pointer,
    b: Pointer,
    c: Pointer,
    m: number,
    k: number,
    n: number,
    accumulate: number,
    scratch: Pointer,
  ): void;
  /** C[m,n] = Aᵀ·B with A stored [k,m] (weight gradients). */
  matmulTransposeAF32(
    a: Pointer,
    b: Pointer,
    c: Pointer,
    m: number,
    k: number,
    n: number,
    accumulate: number,
    scratch: Pointer,
  ): void;
  /** C[m,n] = A·Bᵀ with B stored [n,k] (input gradients). */
  matmulTransposeBF32(
    a: Pointer,
    b: Pointer,
    c: Pointer,
    m: number,
    k: number,
    n: number,
    accumulate: number,
    scratch: Pointer,
  ): void;
  /** Y[m,n] = activation(X[m,k]·W[k,n] + bias[n]); the bias and activation pass runs while the rows are in cache. */
  denseF32(
    x: Pointer,
    w: Pointer,
    bias: Pointer,
    y: Pointer,
    m: number,
    k: number,
    n: number,
    activation: number,
    scratch: Pointer,
  ): void;

  // ---- elementwise (out may alias any input)
  expF32(x: Pointer, out: Pointer, n: number): void;
  logF32(x: Pointer, out: Pointer, n: number): void;
  tanhF32(x: Pointer, out: Pointer, n: number): void;
  sinF32(x: Pointer, out: Pointer, n: number): void;
  cosF32(x: Pointer, out: Pointer, n: number): void;
  activateF32(activation: number, x: Pointer, out: Pointer, n: number): void;
  /** out = g ⊙ activation′, with the derivative taken from the outputs y = activation(x). */
  activationGradientF32(activation: number, y: Pointer, g: Pointer, out: Pointer, n: number): void;
  addF32(x: Pointer, y: Pointer, out: Pointer, n: number): void;
  subtractF32(x: Pointer, y: Pointer, out: Pointer, n: number): void;
  multiplyF32(x: Pointer, y: Pointer, out: Pointer, n: number): void;
  divideF32(x: Pointer, y: Pointer, out: Pointer, n: number): void;
  scaleF32(alpha: number, x: Pointer, out: Pointer, n: number): void;
  /** y += alpha·x. */
  axpyF32(alpha: number, x: Pointer, y: Pointer, n: number): void;
  fillF32(value: number, out: Pointer, n: number): void;
  /** out[count,width] = the rows of X[…,width] whose numbers are the i32 at `order`; out must not alias X. */
  gatherRowsF32(x: Pointer, order: Pointer, out: Pointer, count: number, width: number): void;

  // ---- reduce (f64 accumulation in a fixed lane order; the result is a JS number)
  sumF32(x: Pointer, n: number): number;
  dotF32(x: Pointer, y: Pointer, n: number): number;
  /** out[columns] = column sums of X[rows,columns], added to out when `accumulate` is 1. */
  columnSumsF32(x: Pointer, out: Pointer, rows: number, columns: number, accumulate: number): void;
  /** out[rows] = row sums of X[rows,columns]. */
  rowSumsF32(x: Pointer, out: Pointer, rows: number, columns: number): void;
  /** 1 when all n values are finite, else 0. */
  allFiniteF32(x: Pointer, n: number): number;
  /** out[k] (f64) = ⟨column k, x⟩ for `count` f32 vectors of length n stored one after another. */
  projectF32(vectors: Pointer, x: Pointer, out: Pointer, count: number, n: number): void;
  /** out[n] = Σₖ coefficients[k] (f64) · vector k, summed in the order of k. */
  combineF32(vectors: Pointer, coefficients: Pointer, out: Pointer, count: number, n: number): void;

  // ---- softmax over heads: a row holds `heads` segments whose sizes are the i32 at `sizes`; width = Σ sizes
  headsLogSoftmaxF32(logits: Pointer, logProbs: Pointer, rows: number, heads: number, sizes: Pointer): void;
  /** out[rows,heads] = log-probability of actions[rows,heads] (i32); NaN for an action outside its head. */
  headsGatherF32(
    logProbs: Pointer,
    actions: Pointer,
    out: Pointer,
    rows: number,
    heads: number,
    sizes: Pointer,
  ): void;
  /** out[rows,heads] = −Σ p log p; log p = −∞ counts as 0. */
  headsEntropyF32(logProbs: Pointer, out: Pointer, rows: number, heads: number, sizes: Pointer): void;
  /**
   * out[rows,heads] = KL(old‖new) = Σ p_old (log p_old − log p_new), p_old = 0 counting as 0. Computed as
   * Σ (p_old (log p_old − log p_new) − p_old + p_new) ≥ −1e-12, the same for probabilities that sum to 1.
   */
  headsKlF32(
    oldLogProbs: Pointer,
    newLogProbs: Pointer,
    out: Pointer,
    rows: number,
    heads: number,
    sizes: Pointer,
  ): void;
  /**
   * actions[rows,heads] (i32) by inversion of the cumulative distribution at uniforms[rows,heads] ∈ [0,1); always of
   * positive probability, −1 where there is none or a value is NaN.
   */
  headsSampleF32(
    logProbs: Pointer,
    uniforms: Pointer,
    actions: Pointer,
    rows: number,
    heads: number,
    sizes: Pointer,
  ): void;
  /** out[rows,heads] = t[action] − Σ p t: the tangent of the sampled log-probabilities for a tangent t of the logits (Jx). */
  headsScoreF32(
    probs: Pointer,
    tangent: Pointer,
    actions: Pointer,
    out: Pointer,
    rows: number,
    heads: number,
    sizes: Pointer,
  ): void;
  /** out[rows,width] = u (1[action] − p): the cotangent of the logits for a cotangent u[rows,heads] (Jᵀu up to the network). */
  headsScoreTransposeF32(
    probs: Pointer,
    actions: Pointer,
    u: Pointer,
    out: Pointer,
    rows: number,
    heads: number,
    sizes: Pointer,
  ): void;
  /** out[rows,width] = weight · (diag p − ppᵀ) t a head; out may alias t. */
  headsMetricF32(
    probs: Pointer,
    tangent: Pointer,
    out: Pointer,
    weight: number,
    rows: number,
    heads: number,
    sizes: Pointer,
  ): void;

  // ---- multilayer perceptron from stored activations. `sizes`: i32[layers + 1]; parameters: W₁[in,out], b₁, W₂, b₂, …
  // `hidden` holds the outputs of the layers − 1 hidden layers one after another, each [rows, size].
  /** Bytes of scratch for the functions below, and their ranges, at this many rows. */
  mlpScratchBytes(layers: number, sizes: Pointer, rows: number): number;
  mlpForwardF32(
    layers: number,
    sizes: Pointer,
    activation: number,
    parameters: Pointer,
    input: Pointer,
    hidden: Pointer,
    output: Pointer,
    rows: number,
    scratch: Pointer,
  ): void;
  /** outputTangent[rows,out] = d output along `direction` (a vector like `parameters`). */
  mlpTangentF32(
    layers: number,
    sizes: Pointer,
    activation: number,
    parameters: Pointer,
    direction: Pointer,
    input: Pointer,
    hidden: Pointer,
    outputTangent: Pointer,
    rows: number,
    scratch: Pointer,
  ): void;
  /** gradient (like `parameters`, overwritten) = Σ rows (d output)ᵀ · cotangent. */
  mlpBackwardF32(
    layers: number,
    sizes: Pointer,
    activation: number,
    parameters: Pointer,
    input: Pointer,
    hidden: Pointer,
    cotangent: Pointer,
    gradient: Pointer,
    rows: number,
    scratch: Pointer,
  ): void;
  /** product = (1/rows) Σ Jᵀ(diag p − ppᵀ)J · direction: the Hessian of the mean KL at the stored activations. */
  fisherProductF32(
    layers: number,
    sizes: Pointer,
    activation: number,
    parameters: Pointer,
    input: Pointer,
    hidden: Pointer,
    probs: Pointer,
    heads: number,
    headSizes: Pointer,
    direction: Pointer,
    product: Pointer,
    rows: number,
    scratch: Pointer,
  ): void;

  // ---- consensus (Li & He 2020, eq. 19 in the two-array form) and optimisation
  /** mean = ½(own + other); dual += sign·(penalty/2)·(own − other). Both ends of a link get the same bits. */
  linkUpdateF32(
    own: Pointer,
    other: Pointer,
    mean: Pointer,
    dual: Pointer,
    sign: number,
    penalty: number,
    n: number,
  ): void;
  /** target += penalty·mean − sign·dual: one link's terms of v. */
  linkTargetF32(
    target: Pointer,
    mean: Pointer,
    dual: Pointer,
    sign: number,
    penalty: number,
    n: number,
  ): void;
  /** Adam with bias correction; `step` counts from 1. correction1 = 1 − β₁^step, correction2 = 1 − β₂^step. */
  adamF32(
    parameters: Pointer,
    gradient: Pointer,
    m: Pointer,
    v: Pointer,
    n: number,
    learningRate: number,
    beta1: number,
    beta2: number,
    epsilon: number,
    correction1: number,
    correction2: number,
  ): void;
  /**
   * Generalised advantages, backwards over n steps: δₜ = rₜ + γ·bootstrapₜ − vₜ, Aₜ = δₜ + γλ·carryₜ·Aₜ₊₁ (f64 inside).
   * `bootstraps` holds V of the next observation (0 after termination); `carries` (f32) is 0 where the trace is cut.
   */
  advantageScanF32(
    rewards: Pointer,
    values: Pointer,
    bootstraps: Pointer,
    carries: Pointer,
    advantages: Pointer,
    n: number,
    gamma: number,
    lambda: number,
  ): void;
}
