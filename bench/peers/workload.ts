/** The work that is compared, as plain JSON: every peer's program reads it. */

interface Product {
  readonly kind: "product";
  /** C[m,n] = A·B, with A stored [k,m] or B stored [n,k] when transposed. */
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}
/** A policy 18-128-128-15 with SELU and one softmax on 10,000 rows, or its value network. */
interface Learning {
  /**
   * gradient: forward and backward of mean A log π(a) · fisher: Hessian of the mean KL times a vector by automatic
   * differentiation · fisherByHand: the same from stored activations · values: 468 minibatches of 64 by Adam ·
   * iteration: an update of MATRPO, 3 agents, 100 activations.
   */
  readonly kind: "gradient" | "fisher" | "fisherByHand" | "values" | "iteration";
  readonly rows: number;
}
export type Workload = Product | Learning;

/** What a peer answers; an empty error when it has no program for the work. */
export type Answer = { readonly milliseconds: number } | { readonly error: string };

const ROWS = 10_000;
const product = (m: number, k: number, n: number, transposed?: "A" | "B"): Product => ({
  kind: "product",
  m,
  k,
  n,
  transposeA: transposed === "A",
  transposeB: transposed === "B",
});
const learning = (kind: Learning["kind"]): Learning => ({ kind, rows: ROWS });

/** By title, in the order of the report. */
export const workloads: Readonly<Record<string, Workload>> = {
  "A·B 10000×18×128": product(ROWS, 18, 128),
  "A·B 10000×128×128": product(ROWS, 128, 128),
  "A·B 10000×128×15": product(ROWS, 128, 15),
  "Aᵀ·B 18×10000×128": product(18, ROWS, 128, "A"),
  "Aᵀ·B 128×10000×128": product(128, ROWS, 128, "A"),
  "Aᵀ·B 128×10000×15": product(128, ROWS, 15, "A"),
  "A·Bᵀ 10000×128×128": product(ROWS, 128, 128, "B"),
  "A·Bᵀ 10000×15×128": product(ROWS, 15, 128, "B"),
  "A·B 512×512×512": product(512, 512, 512),
  "forward and backward": learning("gradient"),
  "Fisher-vector product, automatic": learning("fisher"),
  "Fisher-vector product, by hand": learning("fisherByHand"),
  "value fit, 468 minibatches": learning("values"),
  "MATRPO update, 100 activations": learning("iteration"),
};
