/** The steps that an update is made of, on one agent's policy and 10,000 samples. */
import { createArena } from "../src/kernels/arena.ts";
import type { Arena } from "../src/kernels/memory.ts";
import {
  fisherByAutodiff,
  fisherByKernels,
  gradientByAutodiff,
  gradientByKernels,
  type PolicyData,
  policyData,
  valueFit,
} from "./support/policy-work.ts";
import { digits, type Progress, type Section } from "./support/section.ts";
import { milliseconds } from "./support/timing.ts";

const HEADS = [5, 5, 5];

type Prepare = (arena: Arena, data: PolicyData) => () => void;
const steps: readonly (readonly [title: string, prepare: Prepare, rows: number])[] = [
  ["forward and backward, kernels", gradientByKernels, 10_000],
  ["forward and backward, `valueAndGrad`", gradientByAutodiff, 10_000],
  ["Fisher-vector product, stored activations", fisherByKernels, 10_000],
  ["Fisher-vector product, stored activations", fisherByKernels, 2000],
  ["Fisher-vector product, `hvp`", fisherByAutodiff, 10_000],
  ["value fit, 468 minibatches of 64 by Adam", valueFit, 10_000],
];

export async function measure(progress: Progress): Promise<Section> {
  const columns = ["step", "rows", "ms"];
  progress(columns);
  const rows = steps.map(([title, prepare, count]) => {
    const arena = createArena({ kernels: "wasm", threads: 1 });
    const row = [title, `${count}`, digits(milliseconds(prepare(arena, policyData(count, HEADS))))];
    progress(row);
    return row;
  });
  return {
    title: "Steps of an update",
    introduction:
      "A policy 18-128-128-15 with SELU and three heads of five: gradient of the mean of A log π(a), Hessian of the mean " +
      "KL times a vector, and the fit of the value network. One thread, processor time of the fastest run.",
    columns,
    rows,
  };
}
