/** A random call of every kernel that threads share, with its arrays. */
import { Activation, type Kernels, type Pointer } from "../../src/kernels/abi.ts";
import type { rules } from "../../src/kernels/cuts.ts";
import type { Arena } from "../../src/kernels/memory.ts";
import type { Random } from "../../src/tensor/random.ts";
import type { Values } from "./kernels.ts";

/** What takes records is tested with what writes them: symmetric-eigen.test.ts, and least-squares.test.ts for fits. */
type SharedKernel = Exclude<keyof typeof rules, "symmetricEigensF64"> | "mlpBackwardF32" | "fisherProductF32";

/** Pointers to arrays by name. */
type At = Readonly<Record<string, Pointer>>;

export interface KernelCall {
  readonly buffers: Readonly<Record<string, Values>>;
  call(kernels: Kernels, at: At): void;
}

/** @param size about how much there is to cut. @param arena the one whose kernels need most scratch */
type MakeCall = (random: Random, size: number, arena: Arena) => KernelCall;

const normals = (random: Random, n: number, scale = 1): Float32Array =>
  Float32Array.from({ length: n }, () => scale * random.normal());
const integers = (random: Random, n: number, below: number): Int32Array =>
  Int32Array.from({ length: n }, () => random.integer(below));
const bytes = (count: number): Float32Array => new Float32Array(count / 4);

/** Arrays x, y, z, u of n normal values. */
const vectors =
  (call: (kernels: Kernels, at: At, n: number) => void): MakeCall =>
  (random, n) => ({
    buffers: Object.fromEntries([..."xyzu"].map((name) => [name, normals(random, n)])),
    call: (kernels, at) => call(kernels, at, n),
  });

interface HeadArguments {
  readonly rows: number;
  readonly heads: number;
}

/** Rows of probabilities p and logits x, y [rows,width], actions and values u, v [rows,heads]. */
const heads =
  (call: (kernels: Kernels, at: At, shape: HeadArguments) => void): MakeCall =>
  (random, rows) => {
    const sizes = Int32Array.from({ length: 1 + random.integer(3) }, () => 1 + random.integer(4));
    const width = sizes.reduce((sum, size) => sum + size, 0);
    const [x, y, p] = [0, 1, 2].map(() => normals(random, rows * width));
    const [u, v] = [0, 1].map(() => normals(random, rows * sizes.length));
    const actions = integers(random, rows * sizes.length, 4);
    const shape = { rows, heads: sizes.length };
    const buffers = { x, y, p: p.map(Math.abs), u: u.map((value) => Math.abs(value) % 1), v, actions, sizes };
    return { buffers, call: (kernels, at) => call(kernels, at, shape) };
  };

interface ProductShape {
  readonly m: number;
  readonly k: number;
  readonly n: number;
}

const products =
  (call: (kernels: Kernels, at: At, shape: ProductShape, accumulate: number) => void): MakeCall =>
  (random, size, arena) => {
    const [m, k, n] = [size, random.integer(600), random.integer(40)];
    const accumulate = random.integer(2);
    const buffers = {
      a: normals(random, m * k),
      b: normals(random, k * n),
      c: normals(random, m * n),
      bias: normals(random, n),
      scratch: bytes(arena.kernels.matmulScratchBytes(k, n)),
    };
    return { buffers, call: (kernels, at) => call(kernels, at, { m, k, n }, accumulate) };
  };

interface NetworkShape {
  readonly layers: number;
  readonly activation: number;
  readonly rows: number;
}

/** A network, a direction, and outputs, tangents and gradients to be written. */
const networks =
  (call: (kernels: Kernels, at: At, shape: NetworkShape) => void): MakeCall =>
  (random, size, arena) => {
    const rows = 7 * size;
    const sizes = Int32Array.from({ length: 2 + random.integer(3) }, () => 1 + random.integer(12));
    const layers = sizes.length - 1;
    const width = sizes[layers];
    const parameters = sizes.subarray(1).reduce((sum, n, l) => sum + (sizes[l] + 1) * n, 0);
    const hidden = sizes.subarray(1, -1).reduce((sum, n) => sum + n, 0);
    const scratch = arena.scope(() => arena.kernels.mlpScratchBytes(layers, arena.place(sizes), rows));
    const shape = { layers, activation: random.integer(4), rows };
    const buffers = {
      sizes,
      parameters: normals(random, parameters, 0.5),
      direction: normals(random, parameters),
      gradient: normals(random, parameters),
      input: normals(random, rows * sizes[0]),
      hidden: normals(random, rows * hidden),
      output: normals(random, rows * width),
      probs: normals(random, rows * width).map(Math.abs),
      headSizes: Int32Array.of(width),
      scratch: bytes(scratch),
    };
    return { buffers, call: (kernels, at) => call(kernels, at, shape) };
  };

/** Basis vectors x [count, n], f64 coefficients, an array y [n]. */
const bases =
  (call: (kernels: Kernels, at: At, count: number, n: number) => void): MakeCall =>
  (random, size) => {
    const [count, n] = [1 + random.integer(30), size];
    const coefficients = Float64Array.from({ length: count }, () => random.normal());
    const buffers = { x: normals(random, count * n), coefficients, y: normals(random, n) };
    return { buffers, call: (kernels, at) => call(kernels, at, count, n) };
  };

/** Matrices x, y, z [rows,columns] and a value u a row. */
const matrices =
  (call: (kernels: Kernels, at: At, rows: number, columns: number) => void): MakeCall =>
  (random, rows) => {
    const columns = 1 + random.integer(40);
    const [x, y, z] = [0, 1, 2].map(() => normals(random, rows * columns));
    return { buffers: { x, y, z, u: normals(random, rows) }, call: (k, at) => call(k, at, rows, columns) };
  };

/** A recurrent unit's arrays: h, out, g [rows,size], a, c three times and gates four times as wide. */
const units =
  (call: (kernels: Kernels, at: At, rows: number, size: number) => void): MakeCall =>
  (random, rows) => {
    const size = 1 + random.integer(20);
    const widths = { h: 1, out: 1, g: 1, a: 3, c: 3, gates: 4 };
    const arrays = Object.entries(widths).map(([name, width]) => [
      name,
      normals(random, rows * width * size),
    ]);
    return { buffers: Object.fromEntries(arrays), call: (k, at) => call(k, at, rows, size) };
  };

const { selu } = Activation;

export const kernelCalls: Readonly<Record<SharedKernel, MakeCall>> = {
  matmulF32: products((k, at, s, add) => k.matmulF32(at.a, at.b, at.c, s.m, s.k, s.n, add, at.scratch)),
  matmulTransposeAF32: products((k, at, s, add) =>
    k.matmulTransposeAF32(at.a, at.b, at.c, s.m, s.k, s.n, add, at.scratch),
  ),
  matmulTransposeBF32: products((k, at, s, add) =>
    k.matmulTransposeBF32(at.a, at.b, at.c, s.m, s.k, s.n, add, at.scratch),
  ),
  denseF32: products((k, at, s) => k.denseF32(at.a, at.b, at.bias, at.c, s.m, s.k, s.n, selu, at.scratch)),
  mlpForwardF32: networks((k, at, { layers, activation, rows }) => {
    const { sizes, parameters, input, hidden, output, scratch } = at;
    k.mlpForwardF32(layers, sizes, activation, parameters, input, hidden, output, rows, scratch);
  }),
  mlpTangentF32: networks((k, at, { layers, activation: code, rows }) => {
    const { sizes, parameters, direction, input, hidden, output, scratch } = at;
    k.mlpTangentF32(layers, sizes, code, parameters, direction, input, hidden, output, rows, scratch);
  }),
  mlpBackwardF32: networks((k, at, { layers, activation: code, rows }) => {
    const { sizes, parameters, input, hidden, output, gradient, scratch } = at;
    k.mlpBackwardF32(layers, sizes, code, parameters, input, hidden, output, gradient, rows, scratch);
  }),
  fisherProductF32: networks((k, at, { layers, activation: code, rows }) => {
    const { sizes, parameters, input, hidden, probs, headSizes, direction, gradient, scratch } = at;
    const network = [layers, sizes, code, parameters, input, hidden] as const;
    k.fisherProductF32(...network, probs, 1, headSizes, direction, gradient, rows, scratch);
  }),
  expF32: vectors((k, { x, y }, n) => k.expF32(x, y, n)),
  logF32: vectors((k, { x, y }, n) => k.logF32(x, y, n)),
  tanhF32: vectors((k, { x, y }, n) => k.tanhF32(x, y, n)),
  sinF32: vectors((k, { x, y }, n) => k.sinF32(x, y, n)),
  cosF32: vectors((k, { x, y }, n) => k.cosF32(x, y, n)),
  activateF32: vectors((k, { x, y }, n) => k.activateF32(selu, x, y, n)),
  activationGradientF32: vectors((k, { x, y, z }, n) => k.activationGradientF32(selu, x, y, z, n)),
  addF32: vectors((k, { x, y, z }, n) => k.addF32(x, y, z, n)),
  subtractF32: vectors((k, { x, y, z }, n) => k.subtractF32(x, y, z, n)),
  multiplyF32: vectors((k, { x, y, z }, n) => k.multiplyF32(x, y, z, n)),
  divideF32: vectors((k, { x, y, z }, n) => k.divideF32(x, y, z, n)),
  scaleF32: vectors((k, { x, y }, n) => k.scaleF32(1.1, x, y, n)),
  axpyF32: vectors((k, { x, y }, n) => k.axpyF32(1.1, x, y, n)),
  fillF32: vectors((k, { x }, n) => k.fillF32(1.1, x, n)),
  gatherRowsF32: (random, count) => ({
    buffers: {
      x: normals(random, 7 * 21),
      order: integers(random, count, 7),
      out: normals(random, count * 21),
    },
    call: (k, { x, order, out }) => k.gatherRowsF32(x, order, out, count, 21),
  }),
  linkUpdateF32: vectors((k, { x, y, z, u }, n) => k.linkUpdateF32(x, y, z, u, -1, 0.3, n)),
  linkTargetF32: vectors((k, { x, y, z }, n) => k.linkTargetF32(x, y, z, -1, 0.3, n)),
  adamF32: vectors((k, { x, y, z, u }, n) => k.adamF32(x, y, z, u, n, 1e-3, 0.9, 0.999, 1e-8, 0.1, 0.001)),
  projectF32: bases((k, { x, y, coefficients }, count, n) => k.projectF32(x, y, coefficients, count, n)),
  combineF32: bases((k, { x, y, coefficients }, count, n) => k.combineF32(x, coefficients, y, count, n)),
  rowSumsF32: bases((k, { x, y }, count, n) => k.rowSumsF32(x, y, n, count)),
  layerNormF32: matrices((k, { x, y, u }, rows, columns) => k.layerNormF32(x, y, u, rows, columns, 1e-5)),
  layerNormGradientF32: matrices((k, { x, y, z, u }, rows, columns) =>
    k.layerNormGradientF32(x, u, y, z, rows, columns),
  ),
  gruGatesF32: units((k, { a, c, h, gates, out }, rows, size) =>
    k.gruGatesF32(a, c, h, gates, out, rows, size),
  ),
  gruGradientF32: units((k, { gates, h, out, a, c, g }, rows, size) =>
    k.gruGradientF32(gates, h, out, a, c, g, rows, size),
  ),
  headsLogSoftmaxF32: heads((k, at, s) => k.headsLogSoftmaxF32(at.x, at.y, s.rows, s.heads, at.sizes)),
  headsGatherF32: heads((k, at, s) => k.headsGatherF32(at.x, at.actions, at.u, s.rows, s.heads, at.sizes)),
  headsEntropyF32: heads((k, at, s) => k.headsEntropyF32(at.x, at.u, s.rows, s.heads, at.sizes)),
  headsKlF32: heads((k, at, s) => k.headsKlF32(at.x, at.y, at.u, s.rows, s.heads, at.sizes)),
  headsSampleF32: heads((k, at, s) => k.headsSampleF32(at.x, at.u, at.actions, s.rows, s.heads, at.sizes)),
  headsScoreF32: heads((k, at, s) =>
    k.headsScoreF32(at.p, at.x, at.actions, at.u, s.rows, s.heads, at.sizes),
  ),
  headsScoreTransposeF32: heads((k, at, s) =>
    k.headsScoreTransposeF32(at.p, at.actions, at.u, at.x, s.rows, s.heads, at.sizes),
  ),
  headsMetricF32: heads((k, at, s) => k.headsMetricF32(at.p, at.x, at.y, 0.7, s.rows, s.heads, at.sizes)),
};
