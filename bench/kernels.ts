/** Every kernel against its twin and the peak of the machine. */
import { allCases, measureCase, type NamedCase } from "./kernels/measure-case.ts";
import { clockGigahertz, PEAK_WORK, peakTurn } from "./support/peak.ts";
import { digits, type Progress, percent, type Section } from "./support/section.ts";

export async function measure(progress: Progress): Promise<Section> {
  const peak = await peakTurn();
  const top = PEAK_WORK / peak() / 1e6;
  const clock = await clockGigahertz();
  const columns = ["kernel", "shape", "ms", "twin ms", "ratio", "rate", "share of the peak"];
  progress(columns);
  const row = (named: NamedCase): string[] => {
    const { kernel, twin, ratio, share } = measureCase(named, peak);
    const rate = named.work / kernel / 1000;
    const [text, used] =
      named.unit === "FLOP"
        ? [`${digits(rate / 1000)} GFLOP/s`, percent(share)]
        : [`${digits(rate)} M values/s`, "–"];
    return [named.kernel, named.shape, digits(kernel), digits(twin), digits(ratio), text, used];
  };
  const rows = allCases.map((named) => {
    const cells = row(named);
    progress(cells);
    return cells;
  });
  return {
    title: "Kernels",
    introduction:
      "WebAssembly SIMD kernels against their twins, the same arithmetic in plain TypeScript; ratio = twin / kernel. " +
      "Products count 2mkn operations for m×k×n, packing included; a network's passes count its products only. " +
      `The peak is what a register tile of 4 × 8 sums reaches on operands that stay in the first cache: ${digits(top)} GFLOP/s; ` +
      `the processor runs at ${digits(clock)} GHz, at which two adders and two multipliers of 128 bits could do ` +
      `${digits(16 * clock)}. ` +
      "One thread, processor time; kernel, twin and peak take turns: times are of the fastest call, ratio and share " +
      "medians over the rounds.",
    columns,
    rows,
  };
}
