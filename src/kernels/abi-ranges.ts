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
   * The first pass of mlpBackwardF32 on rows [first, first + count) of `rows`: the cotangents of the hidden layers'
   * pre-activations. `cotangents` has room for `span` rows of every hidden layer one after another; row `offset` of each
   * belongs to row `first`, where `cotangent` begins too. hidden begins at row 0.
   */
  mlpCotangentsF32(
    layers: number,
    sizes: Pointer,
    activation: number,
    parameters: Pointer,
    hidden: Pointer,
    cotangent: Pointer,
    cotangents: Pointer,
    span: number,
    offset: number,
    rows: number,
    first: number,
    count: number,
    scratch: Pointer,
  ): void;
  /**
   * The second pass: part `part` of `parts` of the gradient, overwritten when `first` is 0, else added to. `first` is a
   * multiple of SUM_BLOCK; input, cotangent and cotangents begin there, hidden at row 0.
   */
  mlpGradientF32(
    layers: number,
    sizes: Pointer,
    input: Pointer,
    hidden: Pointer,
    cotangent: Pointer,
    cotangents: Pointer,
    span: number,
    gradient: Pointer,
    rows: number,
    first: number,
    count: number,
    part: number,
    parts: number,
    scratch: Pointer,
  ): void;
}
