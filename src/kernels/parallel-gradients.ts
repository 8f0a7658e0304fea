/**
 * Gradients of networks shared by a team: spans of rows one after another, in each the hidden layers' cotangents cut
 * between rows, then the gradient cut between strips of the weights, to which the spans add in order.
 */
import { type Kernels, type Pointer, SUM_BLOCK } from "./abi.ts";
import { type Division, type Facts, FLOPS, isWorthwhile, type Values } from "./division.ts";
import { cotangentRows, hiddenOf, tangentRows, weightsOf } from "./network-cuts.ts";

/** Rows of a span: enough to work on for long, few enough for their cotangents to stay in cache. */
const SPAN = 8 * SUM_BLOCK;

export interface GradientCrew {
  readonly threads: number;
  /** Does a call in parts, or whole when it is short. */
  perform(division: Division): void;
  /** mlpGradientF32 in strips, or whole. */
  performStrips(values: Values): void;
  readonly headsMetricF32: Kernels["headsMetricF32"];
}

type GradientKernels = Pick<Kernels, "mlpScratchBytes" | "mlpBackwardF32" | "fisherProductF32">;

export function parallelGradients(single: Kernels, facts: Facts, crew: GradientCrew): GradientKernels {
  const sizesOf = (layers: number, at: Pointer): Int32Array => facts.integers(at, layers + 1);
  /** The scratch: every thread's own, the hidden layers' cotangents, the outputs' tangent. */
  const layout = (layers: number, at: Pointer, rows: number, scratch: Pointer) => {
    const sizes = sizesOf(layers, at);
    const span = Math.min(rows, SPAN);
    const cotangents = scratch + crew.threads * facts.mlpScratch(layers, at, rows);
    const tangent = cotangents + 4 * span * hiddenOf(sizes);
    return { sizes, span, cotangents, tangent, end: tangent + 4 * span * sizes[layers] };
  };
  const isShort = (layers: number, at: Pointer, rows: number): boolean =>
    !isWorthwhile((rows * 4 * weightsOf(sizesOf(layers, at))) / FLOPS);

  return {
    mlpScratchBytes: (layers, at, rows) => layout(layers, at, rows, 0).end,

    mlpBackwardF32(...values) {
      const [layers, at, code, parameters, input, hidden, cotangent, gradient, rows, scratch] = values;
      if (isShort(layers, at, rows)) return single.mlpBackwardF32(...values);
      const { sizes, span, cotangents } = layout(layers, at, rows, scratch);
      for (let first = 0; first < rows; first += span) {
        const range = [rows, first, Math.min(span, rows - first)];
        const x = input + 4 * first * sizes[0];
        const g = cotangent + 4 * first * sizes[layers];
        const outer = [layers, at, code, parameters, hidden, g, cotangents, span, 0, ...range, scratch];
        crew.perform(cotangentRows(outer, facts));
        crew.performStrips([layers, at, x, hidden, g, cotangents, span, gradient, ...range, 0, 1, scratch]);
      }
    },

    fisherProductF32(...values) {
      const [layers, at, code, parameters, input, hidden, probs, heads, headSizes, direction] = values;
      const [product, rows, scratch] = values.slice(10);
      if (isShort(layers, at, rows)) return single.fisherProductF32(...values);
      const { sizes, span, cotangents, tangent: t } = layout(layers, at, rows, scratch);
      const weight = Math.fround(1 / Math.fround(rows));
      for (let first = 0; first < rows; first += span) {
        const count = Math.min(span, rows - first);
        const range = [rows, first, count];
        const x = input + 4 * first * sizes[0];
        const pass = [layers, at, code, parameters, direction, x, hidden, t, ...range, scratch];
        crew.perform(tangentRows(pass, facts));
        crew.headsMetricF32(probs + 4 * first * sizes[layers], t, t, weight, count, heads, headSizes);
        const outer = [layers, at, code, parameters, hidden, t, cotangents, span, 0, ...range, scratch];
        crew.perform(cotangentRows(outer, facts));
        crew.performStrips([layers, at, x, hidden, t, cotangents, span, product, ...range, 0, 1, scratch]);
      }
    },
  };
}
