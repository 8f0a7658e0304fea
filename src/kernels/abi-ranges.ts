/**
 * Kernels for a part of what others compute whole, so that threads can share the work. Every entry is computed whole by
 * one call, in the order of the whole kernel: the parts have its bits, however they are cut.
 */
import type { Pointer } from "./abi.ts";

export interface RangeKernels {
  /** Rows [row, row + rows) and columns [column, column + columns) of C in matmulTransposeAF32. */
  matmulTransposeATileF32(
    a: Pointer,
    b: Pointer,
    c: Pointer,
    m: number,
    k: number,
    n: number,
    accumulate: number,
    scratch: Pointer,
    row: number,
    rows: number,
    column: number,
    columns: number,
  ): void;
  /** out[n] = or += `count` vectors in order, f32 sums; one begins every `distance` ≥ n values. Adds up blocks. */
  addVectorsF32(
    vectors: Pointer,
    out: Pointer,
    count: number,
    distance: number,
    n: number,
    accumulate: number,
  ): void;
  /** combineF32 for vectors of which one begins every `distance` ≥ n values. */
  combineStridedF32(
    vectors: Pointer,
    coefficients: Pointer,
    out: Pointer,
    count: number,
    distance: number,
    n: number,
  ): void;
  /** mlpForwardF32 on rows [first, first + count) of `rows`; input and output begin at row `first`, hidden at row 0. */
  mlpForwardRowsF32(
    layers: number,
    sizes: Pointer,
    activation: number,
    parameters: Pointer,
    input: Pointer,
    hidden: Pointer,
    output: Pointer,
    rows: number,
    first: number,
    count: number,
    scratch: Pointer,
  ): void;
  /** mlpTangentF32 on rows [first, first + count) of `rows`; input and output begin at row `first`, hidden at row 0. */
  mlpTangentRowsF32(
    layers: number,
    sizes: Pointer,
    activation: number,
    parameters: Pointer,
    direction: Pointer,
    input: Pointer,
    hidden: Pointer,
    outputTangent: Pointer,
    rows: number,
    first: number,
    count: number,
    scratch: Pointer,
  ): void;
  /**
   * The gradients of mlpBackwardF32 for blocks [block, block + count) of SUM_BLOCK rows each, one after another and each
   * by itself: their sum in order is the gradient. input and cotangent begin at the first block, hidden at row 0.
   */
  mlpBackwardBlocksF32(
    layers: number,
    sizes: Pointer,
    activation: number,
    parameters: Pointer,
    input: Pointer,
    hidden: Pointer,
    cotangent: Pointer,
    gradients: Pointer,
    rows: number,
    block: number,
    count: number,
    scratch: Pointer,
  ): void;
  /** The same of fisherProductF32; input and probs begin at the first block, hidden at row 0. */
  fisherBlocksF32(
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
    products: Pointer,
    rows: number,
    block: number,
    count: number,
    scratch: Pointer,
  ): void;
  /**
   * mlpFitF32 of `fits` fits in runs, so that threads can take equal shares of them. The minibatches of every fit are cut
   * into `slices` of about the same number; run r is slice ⌊r/fits⌋ of fit r mod fits. Does runs [first, first + count);
   * the slices of a fit are to be done in order.
   */
  mlpFitRunsF32(tasks: Pointer, fits: number, slices: number, first: number, count: number): void;
}
