/** Kernels of layers beside the dense ones. */
import type { Pointer } from "./abi.ts";

export interface LayerKernels {
  /**
   * Layer normalisation without gain and bias: out[rows,columns] = (x − mean)·scale a row, with scales[rows] =
   * 1/√(mean of (x − mean)² + epsilon); out may alias x. Sums of a row in f32, term i in lane i mod 16:
   * |error| ≤ (columns/16 + 16)·2⁻²⁴·(largest |x|)·scale.
   */
  layerNormF32(
    x: Pointer,
    out: Pointer,
    scales: Pointer,
    rows: number,
    columns: number,
    epsilon: number,
  ): void;
  /** out = scale·(g − mean(g) − y·mean(y g)) a row from outputs y: the derivative, symmetric. out may alias g. */
  layerNormGradientF32(
    y: Pointer,
    scales: Pointer,
    g: Pointer,
    out: Pointer,
    rows: number,
    columns: number,
  ): void;
}
