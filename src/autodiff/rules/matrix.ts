/** Rules of matrix products, dense layers and the softmax. */
import type { Kernels } from "../../kernels/abi.ts";
import { activationCode } from "../../kernels/activations.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { headSpread, headSums } from "../heads.ts";
import { dense, matmul } from "../linear.ts";
import { activationGradient, add, exp, multiply, subtract } from "../operations.ts";
import type { Rules, Transposed } from "../rule.ts";
import { broadcast, sumTo } from "../shaping.ts";
import { remember, store } from "./store.ts";

const products = {
  neither: "matmulF32",
  first: "matmulTransposeAF32",
  second: "matmulTransposeBF32",
} as const satisfies Record<Transposed, keyof Kernels>;

export const matrixRules: Pick<Rules, "matmul" | "dense" | "logSoftmax"> = {
  matmul: {
    forward(arena, [a, b], { transposed }) {
      const [m, k] = transposed === "first" ? [a.shape[1], a.shape[0]] : a.shape;
      const n = b.shape[transposed === "second" ? 0 : 1];
      return store(arena, [m, n], (out) => {
        const scratch = arena.allocate(arena.kernels.matmulScratchBytes(k, n));
        arena.kernels[products[transposed]](a.pointer, b.pointer, out, m, k, n, 0, scratch);
      });
    },
    derivative: ({ inputs: [a, b], options: { transposed } }) => [
      { jvp: (tangent) => matmul(tangent, b, transposed), vjp: (g) => firstCotangent(g, b, transposed) },
      { jvp: (tangent) => matmul(a, tangent, transposed), vjp: (g) => secondCotangent(g, a, transposed) },
    ],
  },
  dense: {
    forward(arena, [x, w, b], { activation }) {
      const [m, [k, n]] = [x.shape[0], w.shape];
      return store(arena, [m, n], (out) => {
        const scratch = arena.allocate(arena.kernels.matmulScratchBytes(k, n));
        const code = activationCode(activation);
        arena.kernels.denseF32(x.pointer, w.pointer, b.pointer, out, m, k, n, code, scratch);
      });
    },
    derivative({ inputs: [x, w, b], output, options: { activation } }) {
      const through = remember((g) => activationGradient(output, g, activation));
      return [
        { jvp: (t) => through(matmul(t, w)), vjp: (g) => matmul(through(g), w, "second") },
        { jvp: (t) => through(matmul(x, t)), vjp: (g) => matmul(x, through(g), "first") },
        { jvp: (t) => through(broadcast(t, output.shape)), vjp: (g) => sumTo(through(g), b.shape) },
      ];
    },
    tangent({ inputs: [x, w], output, options: { activation } }, [tx, tw, tb]) {
      if (tw === undefined || tb === undefined) return undefined;
      const direct = dense(x, tw, tb);
      return activationGradient(output, tx ? add(matmul(tx, w), direct) : direct, activation);
    },
  },
  logSoftmax: {
    forward: (arena, [logits], { sizes }) =>
      store(arena, logits.shape, (out) => {
        const at = arena.place(Int32Array.from(sizes));
        arena.kernels.headsLogSoftmaxF32(logits.pointer, out, logits.shape[0], sizes.length, at);
      }),
    derivative({ output, options: { sizes } }) {
      const p = exp(output);
      return [
        {
          jvp: (t) => subtract(t, headSpread(headSums(multiply(p, t), sizes), sizes)),
          vjp: (g) => subtract(g, multiply(p, headSpread(headSums(g, sizes), sizes))),
        },
      ];
    },
  },
};

function firstCotangent(g: Tensor, b: Tensor, transposed: Transposed): Tensor {
  if (transposed === "neither") return matmul(g, b, "second");
  return transposed === "first" ? matmul(b, g, "second") : matmul(g, b);
}

function secondCotangent(g: Tensor, a: Tensor, transposed: Transposed): Tensor {
  if (transposed === "neither") return matmul(a, g, "first");
  return transposed === "first" ? matmul(a, g) : matmul(g, a, "first");
}
