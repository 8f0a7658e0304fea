/**
 * Least-squares fits of networks with one output: Adam on minibatches of the mean of (y − target)². Kernels do whole fits,
 * and threads share fits that are done together.
 */
import type { Pointer } from "../kernels/abi.ts";
import { FIT_TASK_BYTES, type FitTask, fitFields } from "../kernels/abi-fit.ts";
import { activationCode } from "../kernels/activations.ts";
import type { Arena } from "../kernels/memory.ts";
import type { MlpShape } from "../nn/mlp.ts";
import type { Adam } from "./adam.ts";

export interface LeastSquares {
  readonly shape: MlpShape;
  /** Where to begin. */
  readonly parameters: Float32Array;
  /** [rows, in]. */
  readonly input: Float32Array;
  /** [rows]. */
  readonly targets: Float32Array;
  /** The order of the rows, [epochs, rows]. */
  readonly order: Int32Array;
  readonly batchSize: number;
  /** Leave out the last minibatch of an epoch when it is smaller than the others. */
  readonly dropRemainder: boolean;
}

/** A fit that is done; valid in the arena's scope, where Adam is bound with the steps taken. */
export interface Fitted {
  readonly parameters: Pointer;
}

/** Does all of these fits. Nothing of them counts before `store` of their Adams, which must not be the same. */
export function fitLeastSquares(
  arena: Arena,
  fits: readonly (LeastSquares & { readonly adam: Adam })[],
): Fitted[] {
  const tasks = arena.allocate(fits.length * FIT_TASK_BYTES);
  const placed = fits.map((fit) => placeFit(arena, fit));
  const records = () => arena.f64(tasks, fits.length * fitFields.length);
  records().set(placed.flatMap((task) => fitFields.map((field) => task[field])));
  arena.kernels.mlpFitF32(tasks, fits.length);
  for (const [i, { adam }] of fits.entries()) {
    const done = records().subarray(i * fitFields.length);
    const [beta1Power, beta2Power] = [done[powersAt], done[powersAt + 1]];
    adam.advance(stepsOf(placed[i]), beta1Power, beta2Power);
  }
  return placed;
}

const powersAt = fitFields.indexOf("beta1Power");

function placeFit(arena: Arena, fit: LeastSquares & { readonly adam: Adam }): FitTask {
  const { shape, parameters, input, targets, order, batchSize, dropRemainder, adam } = fit;
  const { m, v, beta1Power, beta2Power } = adam.bind(arena);
  const layers = shape.sizes.length - 1;
  const sizes = arena.place(Int32Array.from(shape.sizes));
  const rows = targets.length;
  const batch = Math.min(batchSize, rows);
  return {
    layers,
    sizes,
    activation: activationCode(shape.activation),
    parameters: arena.place(parameters),
    firstMoments: m,
    secondMoments: v,
    input: arena.place(input),
    targets: arena.place(targets),
    order: arena.place(order),
    rows,
    epochs: rows === 0 ? 0 : order.length / rows,
    batch,
    least: dropRemainder ? batch : 1,
    ...adam.options,
    beta1Power,
    beta2Power,
    scratch: arena.allocate(arena.kernels.mlpFitScratchBytes(layers, sizes, batch)),
  };
}

function stepsOf({ rows, epochs, batch, least }: FitTask): number {
  return epochs * Math.floor((rows + batch - least) / batch);
}
