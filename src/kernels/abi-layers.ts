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
  /**
   * Gates of a gated recurrent unit, from a[rows,3·size] of the input, c[rows,3·size] and h[rows,size] of the memory:
   * r = σ(aᵣ + cᵣ), z = σ(a_z + c_z), n = tanh(aₙ + r cₙ), out[rows,size] = n + z(h − n); gates[rows,4·size] = r, z, n, cₙ.
   * σ and tanh ≤ 3 ulp or 10⁻³⁸ of their arguments as rounded. out may alias h.
   */
  gruGatesF32(
    a: Pointer,
    c: Pointer,
    h: Pointer,
    gates: Pointer,
    out: Pointer,
    rows: number,
    size: number,
  ): void;
  /** Cotangents da, dc [rows,3·size] and dh[rows,size] (of h where a and c stay) for g of out; dh may alias g. */
  gruGradientF32(
    gates: Pointer,
    h: Pointer,
    g: Pointer,
    da: Pointer,
    dc: Pointer,
    dh: Pointer,
    rows: number,
    size: number,
  ): void;
}
