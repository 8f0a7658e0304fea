/** Rules of the operations that work entry by entry; their derivatives are diagonal. */
import type { ActivationName, Kernels, Pointer } from "../../kernels/abi.ts";
import { activationCode } from "../../kernels/activations.ts";
import type { Arena } from "../../kernels/memory.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import {
  activationGradient,
  cos,
  divide,
  greater,
  multiply,
  negate,
  scale,
  sin,
  where,
} from "../operations.ts";
import type { LinearMap, Rules, Stored } from "../rule.ts";
import { store, symmetric } from "./store.ts";

type Names =
  | "add"
  | "subtract"
  | "multiply"
  | "divide"
  | "scale"
  | "exp"
  | "log"
  | "sqrt"
  | "sin"
  | "cos"
  | "activate"
  | "activationGradient"
  | "greater"
  | "where"
  | "stopGradient";

const identity = symmetric((direction) => direction);
const times = (factor: Tensor): LinearMap => symmetric((direction) => multiply(direction, factor));

export const elementwiseRules: Pick<Rules, Names> = {
  add: { forward: binary("addF32"), derivative: () => [identity, identity] },
  subtract: { forward: binary("subtractF32"), derivative: () => [identity, symmetric(negate)] },
  multiply: {
    forward: binary("multiplyF32"),
    derivative: ({ inputs: [x, y] }) => [times(y), times(x)],
  },
  divide: {
    forward: binary("divideF32"),
    derivative: ({ inputs: [, y], output }) => [
      symmetric((direction) => divide(direction, y)),
      symmetric((direction) => negate(divide(multiply(direction, output), y))),
    ],
  },
  scale: {
    forward: (arena, [x], { factor }) =>
      store(arena, x.shape, (out, n) => arena.kernels.scaleF32(factor, x.pointer, out, n)),
    derivative: ({ options }) => [symmetric((direction) => scale(direction, options.factor))],
  },
  exp: { forward: unary("expF32"), derivative: ({ output }) => [times(output)] },
  log: {
    forward: unary("logF32"),
    derivative: ({ inputs: [x] }) => [symmetric((direction) => divide(direction, x))],
  },
  sqrt: {
    forward: (arena, [x]) =>
      store(arena, x.shape, (out, n) => {
        const values = arena.f32(x.pointer, n);
        const roots = arena.f32(out, n);
        for (let i = 0; i < n; i++) roots[i] = Math.sqrt(values[i]);
      }),
    derivative: ({ output }) => [symmetric((direction) => divide(scale(direction, 0.5), output))],
  },
  sin: { forward: unary("sinF32"), derivative: ({ inputs: [x] }) => [times(cos(x))] },
  cos: { forward: unary("cosF32"), derivative: ({ inputs: [x] }) => [times(negate(sin(x)))] },
  activate: {
    forward: (arena, [x], { activation }) =>
      store(arena, x.shape, (out, n) =>
        arena.kernels.activateF32(activationCode(activation), x.pointer, out, n),
      ),
    derivative: ({ output, options }) => [
      symmetric((direction) => activationGradient(output, direction, options.activation)),
    ],
  },
  activationGradient: {
    forward: (arena, [y, g], { activation }) =>
      store(arena, y.shape, (out, n) =>
        arena.kernels.activationGradientF32(activationCode(activation), y.pointer, g.pointer, out, n),
      ),
    derivative: ({ inputs: [y, g], options: { activation } }) => [
      slopeDerivative(activation, y, g),
      symmetric((direction) => activationGradient(y, direction, activation)),
    ],
  },
  greater: {
    forward: (arena, [x, y]) =>
      store(arena, x.shape, (out, n) => {
        const [a, b, mask] = views(arena, n, x.pointer, y.pointer, out);
        for (let i = 0; i < n; i++) mask[i] = a[i] > b[i] ? 1 : 0;
      }),
    derivative: () => [null, null],
  },
  where: {
    forward: (arena, [mask, x, y]) =>
      store(arena, x.shape, (out, n) => {
        const [m, a, b, taken] = views(arena, n, mask.pointer, x.pointer, y.pointer, out);
        for (let i = 0; i < n; i++) taken[i] = m[i] !== 0 ? a[i] : b[i];
      }),
    derivative: ({ inputs: [mask] }) => [
      null,
      symmetric((direction) => where(mask, direction, 0)),
      symmetric((direction) => where(mask, 0, direction)),
    ],
  },
  stopGradient: {
    forward: (_, [{ shape, pointer }]) => ({ shape, pointer }),
    derivative: () => [null],
  },
};

/** d(g ⊙ activation′)/dy: activation′ is 1 − y² for tanh, y + λα below 0 for selu, and piecewise constant otherwise. */
function slopeDerivative(activation: ActivationName, y: Tensor, g: Tensor): LinearMap | null {
  if (activation === "tanh") return times(scale(multiply(y, g), -2));
  if (activation === "selu") return times(where(greater(y, 0), 0, g));
  return null;
}

type UnaryKernel = "expF32" | "logF32" | "sinF32" | "cosF32";
type BinaryKernel = "addF32" | "subtractF32" | "multiplyF32" | "divideF32";

function unary(kernel: keyof Pick<Kernels, UnaryKernel>) {
  return (arena: Arena, [x]: readonly [Tensor]): Stored =>
    store(arena, x.shape, (out, n) => arena.kernels[kernel](x.pointer, out, n));
}

function binary(kernel: keyof Pick<Kernels, BinaryKernel>) {
  return (arena: Arena, [x, y]: readonly [Tensor, Tensor]): Stored =>
    store(arena, x.shape, (out, n) => arena.kernels[kernel](x.pointer, y.pointer, out, n));
}

function views(arena: Arena, n: number, ...pointers: readonly Pointer[]): Float32Array[] {
  return pointers.map((pointer) => arena.f32(pointer, n));
}
