/** Every kernel against its twin on the shapes of training: a policy 18 → 128 → 128 → 15 and 10,000 rows. */
import { createArena } from "../src/kernels/arena.ts";
import { Random } from "../src/tensor/random.ts";
import type { KernelCase } from "./support/kernel-case.ts";
import { peakGflops } from "./support/peak.ts";
import { productCases } from "./support/products.ts";
import { digits, type Progress, type Section } from "./support/section.ts";
import { brief, type Effort, milliseconds, thorough } from "./support/timing.ts";
import { vectorCases } from "./support/vectors.ts";

const arenas = { wasm: createArena({ kernels: "wasm" }), reference: createArena({ kernels: "reference" }) };

function measureOn(kernelCase: KernelCase, kernels: keyof typeof arenas, effort: Effort): number {
  const arena = arenas[kernels];
  return arena.scope(() => {
    const call = kernelCase.prepare(arena, Random.fromSeed(kernelCase.name));
    return milliseconds(call, effort);
  });
}

function measureCase(kernelCase: KernelCase, peak: number): string[] {
  const { name, shape, work, unit } = kernelCase;
  const kernel = measureOn(kernelCase, "wasm", thorough);
  const twin = measureOn(kernelCase, "reference", brief);
  const gflops = work / kernel / 1e6;
  const rate =
    unit === "FLOP"
      ? `${digits(gflops)} GFLOP/s (${digits((100 * gflops) / peak)} %)`
      : `${digits(1000 * gflops)} M values/s`;
  return [name, shape, digits(kernel), digits(twin), digits(twin / kernel), rate];
}

export async function measure(progress: Progress): Promise<Section> {
  const peak = await peakGflops();
  const columns = ["kernel", "shape", "ms", "twin ms", "ratio", "rate (share of the peak)"];
  progress(columns);
  const rows = [...productCases, ...vectorCases].map((kernelCase) => {
    const row = measureCase(kernelCase, peak);
    progress(row);
    return row;
  });
  return {
    title: "Kernels",
    introduction:
      "WebAssembly SIMD kernels against their twins, the same arithmetic in plain TypeScript; ratio = twin / kernel. " +
      "Products count 2mkn operations for m×k×n, packing included; a network's passes count its products only. " +
      `The peak is what register-only f32x4 multiplications and additions reach here: ${digits(peak)} GFLOP/s.`,
    columns,
    rows,
  };
}
