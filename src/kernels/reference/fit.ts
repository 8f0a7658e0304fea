/** Twin of assembly/fit.ts: the same minibatches on the other twins. */
import type { Kernels, Pointer } from "../abi.ts";
import { FIT_TASK_BYTES, type FitTask, fitFields } from "../abi-fit.ts";
import type { MlpLayout } from "./mlp-layout.ts";
import type { Views } from "./views.ts";

type FitKernels = Pick<Kernels, "mlpFitF32" | "mlpFitRunsF32" | "mlpFitScratchBytes">;
type Parts = Pick<Kernels, "adamF32" | "mlpForwardF32" | "mlpBackwardF32">;

/** Bytes of so many f32, in whole cache lines. */
const lines = (values: number): number => 64 * Math.ceil(values / 16);

export function fitReference(views: Views, parts: Parts, layout: MlpLayout): FitKernels {
  const { sizeOf, hiddenAt, weightsAt, mlpScratchBytes } = layout;

  /** Where the parts of the scratch are; `end` is its size when it begins at 0. */
  const place = (layers: number, sizes: Pointer, batch: number, x: Pointer) => {
    const parameters = weightsAt(0, sizes, layers) / 4;
    const hidden = x + lines(batch * sizeOf(sizes, 0));
    const output = hidden + lines(hiddenAt(0, sizes, layers - 1, batch, 0) / 4);
    const errors = output + lines(batch);
    const gradient = errors + lines(batch);
    const scratch = gradient + lines(parameters);
    return { parameters, x, hidden, output, errors, gradient, scratch };
  };

  function step(at: Pointer, task: FitTask, order: Pointer, rows: number): void {
    const { layers, sizes, activation, parameters, batch, learningRate, beta1, beta2, epsilon } = task;
    const { x, hidden, output, errors, gradient, scratch, ...network } = place(
      layers,
      sizes,
      batch,
      task.scratch,
    );
    const { f32, f64, i32 } = views;
    const width = sizeOf(sizes, 0);
    const chosen = i32.subarray(order >>> 2, (order >>> 2) + rows);
    for (const [i, row] of chosen.entries()) {
      const from = (task.input >>> 2) + row * width;
      f32.copyWithin((x >>> 2) + i * width, from, from + width);
    }
    parts.mlpForwardF32(layers, sizes, activation, parameters, x, hidden, output, rows, scratch);
    for (const [i, row] of chosen.entries()) {
      f32[(errors >>> 2) + i] = (2 * (f32[(output >>> 2) + i] - f32[(task.targets >>> 2) + row])) / rows;
    }
    parts.mlpBackwardF32(layers, sizes, activation, parameters, x, hidden, errors, gradient, rows, scratch);
    const powers = (at >>> 3) + fitFields.indexOf("beta1Power");
    f64[powers] *= beta1;
    f64[powers + 1] *= beta2;
    const { firstMoments: m, secondMoments: v } = task;
    const corrections = [1 - f64[powers], 1 - f64[powers + 1]] as const;
    const constants = [learningRate, beta1, beta2, epsilon] as const;
    parts.adamF32(parameters, gradient, m, v, network.parameters, ...constants, ...corrections);
  }

  function fit(at: Pointer, slice: number, slices: number): void {
    const task = Object.fromEntries(
      fitFields.map((field, k) => [field, views.f64[(at >>> 3) + k]]),
    ) as FitTask;
    const { order, rows, epochs, batch, least } = task;
    if (rows === 0) return;
    const minibatches = Math.floor((rows + batch - least) / batch);
    const all = epochs * minibatches;
    const end = Math.floor((all * (slice + 1)) / slices);
    for (let i = Math.floor((all * slice) / slices); i < end; i++) {
      const epoch = Math.floor(i / minibatches);
      const first = (i % minibatches) * batch;
      step(at, task, order + 4 * (epoch * rows + first), Math.min(batch, rows - first));
    }
  }

  const mlpFitRunsF32: FitKernels["mlpFitRunsF32"] = (tasks, fits, slices, first, count) => {
    for (let run = first; run < first + count; run++) {
      fit(tasks + (run % fits) * FIT_TASK_BYTES, Math.floor(run / fits), slices);
    }
  };
  return {
    mlpFitScratchBytes: (layers, sizes, batch) =>
      place(layers, sizes, batch, 0).scratch + mlpScratchBytes(layers, sizes),
    mlpFitF32: (tasks, count) => mlpFitRunsF32(tasks, count, 1, 0, count),
    mlpFitRunsF32,
  };
}
