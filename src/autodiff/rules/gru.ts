/**
 * Rules of recurrent units. Values and gradients are passes over whole sequences; tangents and derivatives of gradients
 * come from the composition of smaller operations.
 */
import type { Pointer } from "../../kernels/abi.ts";
import type { Arena } from "../../kernels/memory.ts";
import { sizeOf } from "../../tensor/shape.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { composedGru } from "../gru.ts";
import {
  type GruSizes,
  type GruWeights,
  gruBackward,
  gruForward,
  gruNumbers,
  traceBehind,
} from "../gru-passes.ts";
import type { LinearMap, Rules } from "../rule.ts";
import { concat, reshape, slice } from "../shaping.ts";
import { pullBack } from "../sweeps.ts";
import { record } from "../tape.ts";
import { composedDerivative } from "./composed.ts";
import { remember } from "./store.ts";

type Four = readonly [a: Tensor, w: Tensor, b: Tensor, initial: Tensor];

export const gruRules: Pick<Rules, "gru" | "gruGradient"> = {
  gru: {
    forward: (arena, inputs, { starts }) => ({
      shape: [inputs[0].shape[0], inputs[3].shape[1]],
      pointer: run(arena, inputs, starts),
    }),
    derivative: ({ inputs, output, options: { starts } }) => {
      const gradient = remember((g) =>
        record("gruGradient", [...inputs, g], { starts, known: output.pointer }),
      );
      const composed = composedDerivative(inputs, (operands) => composedGru(operands, starts));
      const [a, w, b, initial] = inputs.map(
        (_, k): LinearMap => ({
          jvp: composed[k].jvp,
          vjp: (g) => part(gradient(g), inputs, k),
        }),
      );
      return [a, w, b, initial];
    },
  },
  gruGradient: {
    forward(arena, [a, w, b, initial, g], { starts, known }) {
      const inputs: Four = [a, w, b, initial];
      const size = inputs.reduce((total, input) => total + input.size, 0);
      const pointer = arena.allocateF32(size);
      arena.scope(() => {
        const sizes = sizesOf(inputs);
        const trace = traceBehind(known ?? run(arena, inputs, starts), sizes);
        const [toA, toW, toB, toInitial] = offsets(inputs).map((offset) => pointer + 4 * offset);
        const to = { a: toA, weight: toW, bias: toB, initial: toInitial };
        gruBackward(arena, sizes, weightsOf(inputs, starts), trace, g.pointer, to);
      });
      return { shape: [size], pointer };
    },
    derivative: ({ inputs, options: { starts } }) => {
      const [a, w, b, initial, g] = composedDerivative(inputs, (operands, tape) => {
        const four = operands.slice(0, 4);
        const slopes = pullBack(tape, composedGru(four, starts), operands[4], four);
        return concat(slopes.map((slope) => reshape(slope, [slope.size])));
      });
      return [a, w, b, initial, g];
    },
  },
};

function sizesOf([a, , , initial]: Four): GruSizes {
  return { rows: a.shape[0], sequences: initial.shape[0], size: initial.shape[1] };
}

function weightsOf([, w, b, initial]: Four, starts: Uint8Array): GruWeights {
  return { weight: w.pointer, bias: b.pointer, initial: initial.pointer, starts };
}

/** Where the outputs are, and behind them the trace. */
function run(arena: Arena, inputs: Four, starts: Uint8Array): Pointer {
  const sizes = sizesOf(inputs);
  const out = arena.allocateF32(gruNumbers(sizes));
  gruForward(arena, sizes, weightsOf(inputs, starts), inputs[0].pointer, out, traceBehind(out, sizes));
  return out;
}

/** Where each operand's gradient begins in the flat vector. */
function offsets(inputs: readonly Tensor[]): number[] {
  let end = 0;
  return inputs.map(({ size }) => {
    end += size;
    return end - size;
  });
}

/** Operand k's gradient out of the flat vector. */
function part(gradient: Tensor, inputs: Four, k: number): Tensor {
  const start = offsets(inputs)[k];
  const { shape } = inputs[k];
  return reshape(slice(gradient, start, start + sizeOf(shape)), shape);
}
