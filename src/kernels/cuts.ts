/**
 * Where calls may be cut without changing a bit: between rows, values, columns or vectors, never inside a sum.
 * Passes of networks are in network-cuts.ts.
 */
import { EIGEN_TASK_BYTES } from "./abi-eigen.ts";
import { type Division, type Facts, FLOPS, PACKING, TAKING, TILE, type Values } from "./division.ts";
import { forwardRows, tangentRows } from "./network-cuts.ts";
import type { KernelName } from "./team.ts";

/** Undefined where the arguments alone show that the call is too short. */
type Rule = (values: Values, facts: Facts) => Division | undefined;

/** n values, at as many pointers as `pointers`, the last argument being n. */
const byValue =
  (kernel: KernelName, pointers: readonly number[], lengthAt: number, nanoseconds: number): Rule =>
  (values, { isShort }) => {
    if (isShort(values[lengthAt] * nanoseconds)) return undefined;
    const steps: number[] = [];
    for (const at of pointers) steps[at] = 4;
    const cut = { total: values[lengthAt], multiple: TILE, steps, lengthAt };
    return { kernel, values, cut, nanoseconds, overhead: TAKING };
  };

/** Rows of heads: "w" points to rows of their whole width, "h" to one value a head. rows, heads, sizes come last. */
const byHeads =
  (kernel: KernelName, pointers: string, nanoseconds: number): Rule =>
  (values, { integers }) => {
    const lengthAt = values.length - 3;
    const heads = values[lengthAt + 1];
    const width = integers(values[lengthAt + 2], heads).reduce((sum, size) => sum + size, 0);
    const steps = [...pointers].map((kind) => 4 * (kind === "w" ? width : heads));
    const cut = { total: values[lengthAt], multiple: TILE, steps, lengthAt };
    return { kernel, values, cut, nanoseconds: nanoseconds * width, overhead: TAKING };
  };

/** Rows of C in C[m,n] = A·B; the arguments are a, b, c, m, k, n, …, scratch. */
const byRows =
  (kernel: KernelName, aAt: number, cAt: number): Rule =>
  (values, { matmulScratch }) => {
    const lengthAt = cAt + 1;
    const [k, n] = values.slice(lengthAt + 1);
    const steps: number[] = [];
    steps[aAt] = 4 * k;
    steps[cAt] = 4 * n;
    const scratch = { at: values.length - 1, bytes: matmulScratch(k, n) };
    const cut = { total: values[lengthAt], multiple: TILE, steps, lengthAt, scratch };
    return { kernel, values, cut, nanoseconds: (2 * k * n) / FLOPS, overhead: TAKING + PACKING * k * n };
  };

/** Strips of the longer side of C. */
const transposeA: Rule = (values, { matmulScratch }) => {
  const [, , , m, k, n] = values;
  const startAt = m > n ? 8 : 10;
  const steps: number[] = [];
  steps[startAt] = 1;
  const scratch = { at: 7, bytes: matmulScratch(k, n) };
  return {
    kernel: "matmulTransposeATileF32",
    values: [...values, 0, m, 0, n],
    cut: { total: Math.max(m, n), multiple: TILE, steps, lengthAt: startAt + 1, scratch },
    nanoseconds: (2 * k * Math.min(m, n)) / FLOPS,
    overhead: TAKING + PACKING * k * Math.min(m, n),
  };
};

const project: Rule = (values) => {
  const [, , , count, n] = values;
  const cut = { total: count, multiple: 2, steps: [4 * n, 0, 8], lengthAt: 3 };
  return { kernel: "projectF32", values, cut, nanoseconds: n / 8, overhead: TAKING };
};

const combine: Rule = ([vectors, coefficients, out, count, n]) => ({
  kernel: "combineStridedF32",
  values: [vectors, coefficients, out, count, n, n],
  cut: { total: n, multiple: TILE, steps: [4, 0, 4], lengthAt: 5 },
  nanoseconds: count / 8,
  overhead: TAKING,
});

/** Rows; a digit points to rows of so many times the columns, "-" to one value a row. rows, columns are at `lengthAt`. */
const byRow =
  (kernel: KernelName, pointers: string, lengthAt: number, nanoseconds: number): Rule =>
  (values) => {
    const columns = values[lengthAt + 1];
    const steps = [...pointers].map((kind) => (kind === "-" ? 4 : 4 * columns * Number(kind)));
    const cut = { total: values[lengthAt], multiple: TILE, steps, lengthAt };
    return { kernel, values, cut, nanoseconds: 4 + nanoseconds * columns, overhead: TAKING };
  };

const gather: Rule = (values) => {
  const width = values[4];
  const cut = { total: values[3], multiple: TILE, steps: [0, 4, 4 * width], lengthAt: 3 };
  return { kernel: "gatherRowsF32", values, cut, nanoseconds: 4 + width / 4, overhead: TAKING };
};

/** Whole matrices; those of networks take longer than it costs to share them, and small ones are few. */
const eigens: Rule = (values) => {
  const cut = { total: values[1], multiple: 1, steps: [EIGEN_TASK_BYTES], lengthAt: 1 };
  return { kernel: "symmetricEigensF64", values, cut, nanoseconds: 5e5, overhead: TAKING };
};

/** The kernels that are shared in one job. */
export const rules = {
  matmulF32: byRows("matmulF32", 0, 2),
  matmulTransposeAF32: transposeA,
  matmulTransposeBF32: byRows("matmulTransposeBF32", 0, 2),
  denseF32: byRows("denseF32", 0, 3),
  mlpForwardF32: (values, facts) => forwardRows([...values.slice(0, 8), 0, values[7], values[8]], facts),
  mlpTangentF32: (values, facts) => tangentRows([...values.slice(0, 9), 0, values[8], values[9]], facts),
  expF32: byValue("expF32", [0, 1], 2, 0.8),
  logF32: byValue("logF32", [0, 1], 2, 0.8),
  tanhF32: byValue("tanhF32", [0, 1], 2, 1.2),
  sinF32: byValue("sinF32", [0, 1], 2, 1.5),
  cosF32: byValue("cosF32", [0, 1], 2, 1.5),
  activateF32: byValue("activateF32", [1, 2], 3, 0.8),
  activationGradientF32: byValue("activationGradientF32", [1, 2, 3], 4, 0.2),
  addF32: byValue("addF32", [0, 1, 2], 3, 0.15),
  subtractF32: byValue("subtractF32", [0, 1, 2], 3, 0.15),
  multiplyF32: byValue("multiplyF32", [0, 1, 2], 3, 0.15),
  divideF32: byValue("divideF32", [0, 1, 2], 3, 0.2),
  scaleF32: byValue("scaleF32", [1, 2], 3, 0.1),
  axpyF32: byValue("axpyF32", [1, 2], 3, 0.15),
  fillF32: byValue("fillF32", [1], 2, 0.05),
  gatherRowsF32: gather,
  linkUpdateF32: byValue("linkUpdateF32", [0, 1, 2, 3], 6, 0.25),
  linkTargetF32: byValue("linkTargetF32", [0, 1, 2], 5, 0.2),
  adamF32: byValue("adamF32", [0, 1, 2, 3], 4, 0.6),
  rowSumsF32: byRow("rowSumsF32", "1-", 2, 0.25),
  layerNormF32: byRow("layerNormF32", "11-", 3, 0.3),
  layerNormGradientF32: byRow("layerNormGradientF32", "1-11", 4, 0.3),
  symmetricEigensF64: eigens,
  projectF32: project,
  combineF32: combine,
  gruGatesF32: byRow("gruGatesF32", "33141", 5, 4),
  gruGradientF32: byRow("gruGradientF32", "411331", 6, 1.5),
  headsLogSoftmaxF32: byHeads("headsLogSoftmaxF32", "ww", 1.5),
  headsGatherF32: byHeads("headsGatherF32", "whh", 0.3),
  headsEntropyF32: byHeads("headsEntropyF32", "wh", 1),
  headsKlF32: byHeads("headsKlF32", "wwh", 2),
  headsSampleF32: byHeads("headsSampleF32", "whh", 1),
  headsScoreF32: byHeads("headsScoreF32", "wwhh", 0.7),
  headsScoreTransposeF32: byHeads("headsScoreTransposeF32", "whhw", 0.7),
  headsMetricF32: byHeads("headsMetricF32", "www", 1),
} as const satisfies Partial<Record<KernelName, Rule>>;
