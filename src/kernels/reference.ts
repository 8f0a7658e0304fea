/** The kernels in plain TypeScript: oracle of the tests, fallback without WebAssembly, rival in the benchmarks. */
import type { Kernels } from "./abi.ts";
import type { LinearMemory } from "./memory.ts";
import { adamReference } from "./reference/adam.ts";
import { admmReference } from "./reference/admm.ts";
import { advantagesReference } from "./reference/advantages.ts";
import { categoricalReference } from "./reference/categorical.ts";
import { eigenReference } from "./reference/eigen.ts";
import { elementwiseReference } from "./reference/elementwise.ts";
import { fisherReference } from "./reference/fisher.ts";
import { fitReference } from "./reference/fit.ts";
import { gatherReference } from "./reference/gather.ts";
import { gruReference } from "./reference/gru.ts";
import { layerNormReference } from "./reference/layer-norm.ts";
import { matmulReference } from "./reference/matmul.ts";
import { mlpReference } from "./reference/mlp.ts";
import { mlpGradientReference } from "./reference/mlp-gradient.ts";
import { mlpLayoutOf } from "./reference/mlp-layout.ts";
import { reduceReference } from "./reference/reduce.ts";
import { softmaxReference } from "./reference/softmax.ts";
import { viewsOf } from "./reference/views.ts";

/** Every kernel over this memory. */
export function referenceKernels(memory: LinearMemory): Kernels {
  const views = viewsOf(memory);
  const elementwise = elementwiseReference(views);
  const reduce = reduceReference(views);
  const softmax = softmaxReference(views);
  const matmul = matmulReference(views, elementwise.activateF32);
  const parts = { ...elementwise, ...reduce, ...matmul };
  const layout = mlpLayoutOf(views);
  const mlp = mlpReference(views, parts, layout);
  const adam = adamReference(views);
  const gradients = mlpGradientReference(parts, layout);
  return {
    ...parts,
    ...softmax,
    ...categoricalReference(views),
    ...mlp,
    ...gradients.kernels,
    ...fisherReference({ ...softmax, ...mlp }, gradients, layout),
    ...admmReference(views),
    ...adam,
    ...gatherReference(views),
    ...fitReference(views, { ...mlp, ...gradients.kernels, ...adam }, layout),
    ...advantagesReference(views),
    ...eigenReference(views),
    ...layerNormReference(views),
    ...gruReference(views),
  };
}
