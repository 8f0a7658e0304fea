/** Twin of assembly/elementwise.ts: one value at a time, rounded to f32 at each operation. */
import { Activation, type Kernels, type Pointer } from "../abi.ts";
import { cos32, exp32, expm132, log32, sin32, tanh32 } from "./math.ts";
import type { Views } from "./views.ts";

export type ElementwiseKernels = Pick<
  Kernels,
  | "expF32"
  | "logF32"
  | "tanhF32"
  | "sinF32"
  | "cosF32"
  | "activateF32"
  | "activationGradientF32"
  | "addF32"
  | "subtractF32"
  | "multiplyF32"
  | "divideF32"
  | "scaleF32"
  | "axpyF32"
  | "fillF32"
>;

const f = Math.fround;
const SELU_SCALE = f(1.0507009873554805);
const SELU_LIMIT = f(1.7580993408473766);

function selu(x: number): number {
  return x > 0 ? f(SELU_SCALE * x) : f(SELU_LIMIT * expm132(x));
}

/** Keeps −0, unlike Math.max. */
function relu(x: number): number {
  if (x < 0) return 0;
  return x;
}

function activate(activation: number, x: number): number {
  if (activation === Activation.relu) return relu(x);
  if (activation === Activation.tanh) return tanh32(x);
  if (activation === Activation.selu) return selu(x);
  return x;
}

/** g·activation′ from the output y. */
function activationGradient(activation: number, y: number, g: number): number {
  if (activation === Activation.relu) return y > 0 ? g : 0;
  if (activation === Activation.tanh) return g * f(f(1 - y) * f(1 + y));
  if (activation === Activation.selu) return g * (y > 0 ? SELU_SCALE : f(y + SELU_LIMIT));
  return g;
}

export function elementwiseReference(views: Views): ElementwiseKernels {
  /** out = compute(x); the store rounds. */
  const unary = (compute: (x: number) => number) => (x: Pointer, out: Pointer, n: number) => {
    const { f32 } = views;
    for (let i = 0; i < n; i++) f32[(out >>> 2) + i] = compute(f32[(x >>> 2) + i]);
  };
  const binary =
    (compute: (x: number, y: number) => number) => (x: Pointer, y: Pointer, out: Pointer, n: number) => {
      const { f32 } = views;
      for (let i = 0; i < n; i++) f32[(out >>> 2) + i] = compute(f32[(x >>> 2) + i], f32[(y >>> 2) + i]);
    };
  return {
    expF32: unary(exp32),
    logF32: unary(log32),
    tanhF32: unary(tanh32),
    sinF32: unary(sin32),
    cosF32: unary(cos32),
    activateF32: (activation, x, out, n) => unary((value) => activate(activation, value))(x, out, n),
    activationGradientF32(activation, y, g, out, n) {
      binary((a, b) => activationGradient(activation, a, b))(y, g, out, n);
    },
    addF32: binary((x, y) => x + y),
    subtractF32: binary((x, y) => x - y),
    multiplyF32: binary((x, y) => x * y),
    divideF32: binary((x, y) => x / y),
    scaleF32(alpha, x, out, n) {
      const factor = f(alpha);
      unary((value) => factor * value)(x, out, n);
    },
    axpyF32(alpha, x, y, n) {
      const factor = f(alpha);
      binary((a, b) => b + f(factor * a))(x, y, y, n);
    },
    fillF32(value, out, n) {
      views.f32.fill(value, out >>> 2, (out >>> 2) + n);
    },
  };
}
