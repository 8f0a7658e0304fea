/** Functions of every value by itself, and reductions, over a hidden layer's outputs [10,000, 128]. */
import { Activation, type ActivationName, type Kernels, type Pointer } from "../../src/kernels/abi.ts";
import { type KernelCase, type KernelCases, normals, PARAMETERS, ROWS } from "./kernel-case.ts";

const WIDTH = 128;
const COUNT = ROWS * WIDTH;
/** Vectors of a basis after the activations of one policy iteration. */
const BASIS = 24;

interface Vectors {
  readonly x: Pointer;
  readonly y: Pointer;
  readonly out: Pointer;
}
type Call = (kernels: Kernels, vectors: Vectors) => void;

function values(call: Call, shape = `${COUNT}`): KernelCase {
  return {
    shape,
    work: COUNT,
    unit: "value",
    prepare(arena, random) {
      const x = normals(arena, random, COUNT);
      const y = normals(arena, random, COUNT);
      const out = arena.allocateF32(COUNT);
      return () => call(arena.kernels, { x, y, out });
    },
  };
}

const activations = (call: (code: number) => Call): readonly KernelCase[] =>
  (Object.keys(Activation) as ActivationName[]).map((name) =>
    values(call(Activation[name]), `${COUNT}, ${name}`),
  );

function onBasis(
  call: (kernels: Kernels, vectors: Vectors & { readonly basis: Pointer }) => void,
): KernelCase {
  return {
    shape: `${BASIS} vectors of ${PARAMETERS}`,
    work: BASIS * PARAMETERS,
    unit: "value",
    prepare(arena, random) {
      const basis = normals(arena, random, BASIS * PARAMETERS);
      const x = normals(arena, random, PARAMETERS);
      const y = arena.place(new Float64Array(BASIS).fill(0.5));
      const out = arena.allocate(8 * PARAMETERS);
      return () => call(arena.kernels, { basis, x, y, out });
    },
  };
}

export const elementwiseCases = {
  expF32: [values((k, { x, out }) => k.expF32(x, out, COUNT))],
  logF32: [values((k, { x, out }) => k.logF32(x, out, COUNT))],
  tanhF32: [values((k, { x, out }) => k.tanhF32(x, out, COUNT))],
  sinF32: [values((k, { x, out }) => k.sinF32(x, out, COUNT))],
  cosF32: [values((k, { x, out }) => k.cosF32(x, out, COUNT))],
  activateF32: activations(
    (code) =>
      (k, { x, out }) =>
        k.activateF32(code, x, out, COUNT),
  ),
  activationGradientF32: activations(
    (code) =>
      (k, { x, y, out }) =>
        k.activationGradientF32(code, x, y, out, COUNT),
  ),
  addF32: [values((k, { x, y, out }) => k.addF32(x, y, out, COUNT))],
  subtractF32: [values((k, { x, y, out }) => k.subtractF32(x, y, out, COUNT))],
  multiplyF32: [values((k, { x, y, out }) => k.multiplyF32(x, y, out, COUNT))],
  divideF32: [values((k, { x, y, out }) => k.divideF32(x, y, out, COUNT))],
  scaleF32: [values((k, { x, out }) => k.scaleF32(0.5, x, out, COUNT))],
  axpyF32: [values((k, { x, out }) => k.axpyF32(1e-9, x, out, COUNT))],
  fillF32: [values((k, { out }) => k.fillF32(0, out, COUNT))],
  gatherRowsF32: [
    {
      shape: `every fifth of ${ROWS}×${WIDTH}`,
      work: (ROWS / 5) * WIDTH,
      unit: "value",
      prepare(arena, random) {
        const x = normals(arena, random, ROWS * WIDTH);
        const order = arena.place(Int32Array.from({ length: ROWS / 5 }, (_, i) => 5 * i));
        const out = arena.allocateF32((ROWS / 5) * WIDTH);
        return () => arena.kernels.gatherRowsF32(x, order, out, ROWS / 5, WIDTH);
      },
    },
  ],
  sumF32: [values((k, { x }) => void k.sumF32(x, COUNT))],
  dotF32: [values((k, { x, y }) => void k.dotF32(x, y, COUNT))],
  columnSumsF32: [values((k, { x, out }) => k.columnSumsF32(x, out, ROWS, WIDTH, 0), `${ROWS}×${WIDTH}`)],
  rowSumsF32: [values((k, { x, out }) => k.rowSumsF32(x, out, ROWS, WIDTH), `${ROWS}×${WIDTH}`)],
  allFiniteF32: [values((k, { x }) => void k.allFiniteF32(x, COUNT))],
  projectF32: [onBasis((k, { basis, x, out }) => k.projectF32(basis, x, out, BASIS, PARAMETERS))],
  combineF32: [onBasis((k, { basis, y, out }) => k.combineF32(basis, y, out, BASIS, PARAMETERS))],
} as const satisfies Partial<KernelCases>;
