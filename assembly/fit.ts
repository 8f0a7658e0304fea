/**
 * Least-squares fits of networks with one output, minibatch by minibatch: gather the rows, forward, errors
 * 2(y − target)/rows, backward, a step of Adam. A task is a record of f64 numbers, in the order of `fitFields` in
 * abi-fit.ts.
 */
import { adamF32 } from "./adam";
import { gatherRowsF32 } from "./gather";
import { mlpForwardF32 } from "./mlp";
import { mlpBackwardF32 } from "./mlp-gradient";
import { mlpScratchBytes, sizeOf, weightsAt } from "./mlp-layout";

const TASK_BYTES: usize = 20 * 8;

function integer(task: usize, field: usize): i32 {
  return <i32>load<f64>(task + field * 8);
}

function pointer(task: usize, field: usize): usize {
  return <usize>load<f64>(task + field * 8);
}

function number(task: usize, field: usize): f64 {
  return load<f64>(task + field * 8);
}

/** Bytes of so many f32, in whole cache lines. */
function lines(values: i32): usize {
  return (((<usize>values) << 2) + 63) & ~63;
}

function hiddenOf(layers: i32, sizes: usize): i32 {
  let hidden = 0;
  for (let l = 1; l < layers; l++) hidden += sizeOf(sizes, l);
  return hidden;
}

/** Room for a minibatch's input, hidden outputs, outputs, errors and gradient, and for the passes. */
export function mlpFitScratchBytes(layers: i32, sizes: usize, batch: i32): usize {
  const parameters = <i32>(weightsAt(0, sizes, layers) >> 2);
  const rows = lines(batch * sizeOf(sizes, 0)) + lines(batch * hiddenOf(layers, sizes)) + 2 * lines(batch);
  return rows + lines(parameters) + mlpScratchBytes(layers, sizes, batch);
}

export function mlpFitF32(tasks: usize, count: i32): void {
  mlpFitRunsF32(tasks, count, 1, 0, count);
}

/** Runs [first, first + count) of the fits' minibatches, each fit's cut into `slices` and run r being of fit r mod fits. */
export function mlpFitRunsF32(tasks: usize, fits: i32, slices: i32, first: i32, count: i32): void {
  for (const end = first + count; first < end; first++) {
    const slice = first / fits;
    fit(tasks + <usize>(first - slice * fits) * TASK_BYTES, slice, slices);
  }
}

function fit(task: usize, slice: i32, slices: i32): void {
  const order = pointer(task, 8);
  const rows = integer(task, 9);
  if (rows === 0) return;
  const batch = integer(task, 11);
  const minibatches = (rows + batch - integer(task, 12)) / batch;
  const all = <i64>integer(task, 10) * minibatches;
  const end = <i32>((all * (slice + 1)) / slices);
  for (let i = <i32>((all * slice) / slices); i < end; i++) {
    const epoch = i / minibatches;
    const first = (i - epoch * minibatches) * batch;
    step(task, order + ((<usize>epoch * rows + first) << 2), min(batch, rows - first));
  }
}

/** One step of Adam on the rows order[0 … rows). */
function step(task: usize, order: usize, rows: i32): void {
  const layers = integer(task, 0);
  const sizes = pointer(task, 1);
  const activation = integer(task, 2);
  const parameters = pointer(task, 3);
  const batch = integer(task, 11);
  const width = sizeOf(sizes, 0);
  const size = <i32>(weightsAt(0, sizes, layers) >> 2);
  const x = pointer(task, 19);
  const hidden = x + lines(batch * width);
  const output = hidden + lines(batch * hiddenOf(layers, sizes));
  const errors = output + lines(batch);
  const gradient = errors + lines(batch);
  const scratch = gradient + lines(size);

  gatherRowsF32(pointer(task, 6), order, x, rows, width);
  mlpForwardF32(layers, sizes, activation, parameters, x, hidden, output, rows, scratch);
  errorsOf(output, pointer(task, 7), order, errors, rows);
  mlpBackwardF32(layers, sizes, activation, parameters, x, hidden, errors, gradient, rows, scratch);
  const m = pointer(task, 4);
  const v = pointer(task, 5);
  const rate = number(task, 13);
  const beta1 = number(task, 14);
  const beta2 = number(task, 15);
  const epsilon = number(task, 16);
  const power1 = number(task, 17) * beta1;
  const power2 = number(task, 18) * beta2;
  store<f64>(task, power1, 17 * 8);
  store<f64>(task, power2, 18 * 8);
  adamF32(parameters, gradient, m, v, size, rate, beta1, beta2, epsilon, 1 - power1, 1 - power2);
}

/** 2(y − target)/rows in f64, rounded once. */
function errorsOf(outputs: usize, targets: usize, order: usize, errors: usize, rows: i32): void {
  for (let i: usize = 0; i < (<usize>rows) << 2; i += 4) {
    const target = <f64>load<f32>(targets + ((<usize>load<i32>(order + i)) << 2));
    store<f32>(errors + i, <f32>((2 * (<f64>load<f32>(outputs + i) - target)) / <f64>rows));
  }
}
