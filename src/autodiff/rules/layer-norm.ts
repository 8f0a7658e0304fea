/**
 * Rules of layer normalisation. The factors s of the rows, which the derivative needs, stand behind the normalised rows;
 * as an operation of x by themselves they make the derivative differentiable in turn.
 */
import type { Pointer } from "../../kernels/abi.ts";
import type { Arena } from "../../kernels/memory.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { add, constant, multiply, negate, scale, square } from "../operations.ts";
import type { Rules } from "../rule.ts";
import { sumTo } from "../shaping.ts";
import { record } from "../tape.ts";
import { symmetric } from "./store.ts";

type Names = "layerNorm" | "layerNormScale" | "layerNormGradient";

export const layerNormRules: Pick<Rules, Names> = {
  layerNorm: {
    forward: (arena, [x], { epsilon }) => ({ shape: x.shape, pointer: normalize(arena, x, epsilon) }),
    derivative: ({ inputs: [x], output, options: { epsilon } }) => {
      const known = output.pointer + 4 * output.size;
      const scales = record("layerNormScale", [x], { epsilon, known });
      return [symmetric((direction) => record("layerNormGradient", [output, scales, direction], {}))];
    },
  },
  layerNormScale: {
    forward: (arena, [x], { epsilon, known }) => ({
      shape: [x.shape[0], 1],
      pointer: known ?? normalize(arena, x, epsilon) + 4 * x.size,
    }),
    // ds = −s²·mean(y dx)
    derivative: ({ inputs: [x], output, options: { epsilon } }) => {
      const y = record("layerNorm", [x], { epsilon });
      const factor = negate(square(output));
      return [
        {
          jvp: (t) => multiply(factor, rowMean(multiply(y, t))),
          vjp: (g) => scale(multiply(multiply(factor, g), y), 1 / x.shape[1]),
        },
      ];
    },
  },
  layerNormGradient: {
    forward(arena, [y, scales, g]) {
      const [rows, columns] = y.shape;
      const pointer = arena.allocateF32(y.size);
      arena.kernels.layerNormGradientF32(y.pointer, scales.pointer, g.pointer, pointer, rows, columns);
      return { shape: y.shape, pointer };
    },
    derivative: ({ inputs: [y, scales, g] }) => {
      const slope = rowMean(multiply(y, g));
      const one = constant(scales, { shape: scales.shape, values: new Float32Array(scales.size).fill(1) });
      const unscaled = () => record("layerNormGradient", [y, one, g], {});
      return [
        {
          jvp: (t) => negate(multiply(scales, add(multiply(t, slope), multiply(y, rowMean(multiply(g, t)))))),
          vjp: (u) => negate(multiply(scales, add(multiply(u, slope), multiply(g, rowMean(multiply(y, u)))))),
        },
        { jvp: (t) => multiply(t, unscaled()), vjp: (u) => sumTo(multiply(u, unscaled()), scales.shape) },
        symmetric((direction) => record("layerNormGradient", [y, scales, direction], {})),
      ];
    },
  },
};

/** Where the normalised rows are, and behind them their factors. */
function normalize(
  arena: Arena,
  { shape: [rows, columns], size, pointer }: Tensor,
  epsilon: number,
): Pointer {
  const out = arena.allocateF32(size + rows);
  arena.kernels.layerNormF32(pointer, out, out + 4 * size, rows, columns, epsilon);
  return out;
}

/** [rows, 1]. */
function rowMean(x: Tensor): Tensor {
  return scale(sumTo(x, [x.shape[0], 1]), 1 / x.shape[1]);
}
