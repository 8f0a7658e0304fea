/** Passes over a policy network from stored activations. Only products count as operations. */
import { Activation } from "../../src/kernels/abi.ts";
import type { Arena } from "../../src/kernels/memory.ts";
import type { Random } from "../../src/tensor/random.ts";
import {
  HEADS,
  type KernelCase,
  type KernelCases,
  normals,
  PARAMETERS,
  ROWS,
  SIZES,
  WEIGHTS,
} from "./kernel-case.ts";
import { INNER_WEIGHTS, LAYERS, LOGITS, placeNetwork } from "./placed-network.ts";

type Pass = (arena: Arena, random: Random, rows: number) => () => void;

const forward: Pass = (arena, random, rows) => placeNetwork(arena, random, rows).forward;

const tangent: Pass = (arena, random, rows) => {
  const { sizes, parameters, input, hidden, scratch } = placeNetwork(arena, random, rows);
  const direction = normals(arena, random, PARAMETERS);
  const out = arena.allocateF32(rows * LOGITS);
  const { selu } = Activation;
  return () =>
    arena.kernels.mlpTangentF32(
      LAYERS,
      sizes,
      selu,
      parameters,
      direction,
      input,
      hidden,
      out,
      rows,
      scratch,
    );
};

const backward: Pass = (arena, random, rows) => {
  const { sizes, parameters, input, hidden, scratch } = placeNetwork(arena, random, rows);
  const cotangent = normals(arena, random, rows * LOGITS);
  const gradient = arena.allocateF32(PARAMETERS);
  const { selu } = Activation;
  return () =>
    arena.kernels.mlpBackwardF32(
      LAYERS,
      sizes,
      selu,
      parameters,
      input,
      hidden,
      cotangent,
      gradient,
      rows,
      scratch,
    );
};

const fisher: Pass = (arena, random, rows) => {
  const { kernels } = arena;
  const { sizes, parameters, input, hidden, output, scratch } = placeNetwork(arena, random, rows);
  const direction = normals(arena, random, PARAMETERS);
  const product = arena.allocateF32(PARAMETERS);
  const headSizes = arena.place(Int32Array.from(HEADS));
  const probs = arena.allocateF32(rows * LOGITS);
  kernels.headsLogSoftmaxF32(output, probs, rows, HEADS.length, headSizes);
  kernels.expF32(probs, probs, rows * LOGITS);
  return () =>
    kernels.fisherProductF32(
      LAYERS,
      sizes,
      Activation.selu,
      parameters,
      input,
      hidden,
      probs,
      HEADS.length,
      headSizes,
      direction,
      product,
      rows,
      scratch,
    );
};

/** @param weights of all products of the pass, a row */
function atSizes(weights: number, pass: Pass, ...sizes: readonly number[]): readonly KernelCase[] {
  return sizes.map((rows) => ({
    shape: `${SIZES.join("-")}, ${rows} rows`,
    work: 2 * weights * rows,
    unit: "FLOP",
    prepare: (arena, random) => pass(arena, random, rows),
  }));
}

type NetworkKernel = "mlpForwardF32" | "mlpTangentF32" | "mlpBackwardF32" | "fisherProductF32";

/** 64 rows are a minibatch of the value fit, 2,000 the rows on which the KL Hessian is averaged. */
export const networkCases: KernelCases<NetworkKernel> = {
  mlpForwardF32: atSizes(WEIGHTS, forward, 64, 2000, ROWS),
  mlpTangentF32: atSizes(WEIGHTS + INNER_WEIGHTS, tangent, 2000, ROWS),
  mlpBackwardF32: atSizes(WEIGHTS + INNER_WEIGHTS, backward, 64, 2000, ROWS),
  fisherProductF32: atSizes(2 * (WEIGHTS + INNER_WEIGHTS), fisher, 2000, ROWS),
};
