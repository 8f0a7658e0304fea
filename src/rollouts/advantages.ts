/**
 * Generalised advantage estimation over a batch (Schulman et al. 2016; Li & He 2020, eq. 15):
 * δₜ = rₜ + γ V(oₜ₊₁) − V(oₜ),  Aₜ = Σₗ (γλ)ˡ δₜ₊ₗ, cut at the ends of episodes.
 * Termination has no future value; truncation bootstraps from the episode's true last observation.
 */
import type { Arena } from "../kernels/memory.ts";
import type { Batch } from "./batch.ts";
import { departures, type Presence } from "./presence.ts";

/**
 * How episode ends enter the advantages. `exact` is right; the other two repeat what the official MATRPO code
 * does: `ignored` lets traces run on into the next episode, unless the copy's rows end with this one, whose own last
 * observation is valued then; `early` cuts one step too soon and lets the last step of an episode bootstrap from the next one.
 */
export type EpisodeEnds = "exact" | "ignored" | "early";

export interface AdvantageOptions {
  readonly gamma: number;
  readonly gaeLambda: number;
  /** @defaultValue "exact" */
  readonly episodeEnds?: EpisodeEnds;
}

export interface Advantages {
  /** [rows]. */
  readonly advantages: Float32Array;
  /** [rows]: advantages + values, the targets of the value fit. */
  readonly returns: Float32Array;
}

/** For each row the value that follows it and whether the trace goes on. */
interface Trace {
  readonly bootstraps: Float32Array;
  readonly carries: Float32Array;
}

/**
 * @param values [rows] V(o) of each row
 * @param cutValues [cuts] V of the observation after each cut row
 * @param presence of an agent whose returns end when it leaves (with `exact` ends). @defaultValue it is always there
 */
export function estimateAdvantages(
  arena: Arena,
  batch: Batch,
  rewards: Float32Array,
  values: Float32Array,
  cutValues: Float32Array,
  options: AdvantageOptions,
  presence?: Presence,
): Advantages {
  const ends = options.episodeEnds ?? "exact";
  const trace = traces[ends](batch, values, cutValues);
  if (presence && ends === "exact") {
    for (const [row, gone] of departures(batch, presence).entries()) if (gone) cut(trace, row, 0);
  }
  return arena.scope(() => {
    const out = arena.allocateF32(batch.rows);
    arena.kernels.advantageScanF32(
      arena.place(rewards),
      arena.place(values),
      arena.place(trace.bootstraps),
      arena.place(trace.carries),
      out,
      batch.rows,
      options.gamma,
      options.gaeLambda,
    );
    const advantages = arena.read(out, batch.rows);
    return { advantages, returns: advantages.map((advantage, row) => advantage + values[row]) };
  });
}

const traces: Record<EpisodeEnds, (batch: Batch, values: Float32Array, cutValues: Float32Array) => Trace> = {
  exact(batch, values, cutValues) {
    const trace = uncut(values);
    for (const [index, row] of batch.cuts.entries()) {
      trace.carries[row] = 0;
      trace.bootstraps[row] = batch.terminated[row] ? 0 : cutValues[index];
    }
    return trace;
  },

  ignored(batch, values, cutValues) {
    const trace = uncut(values);
    for (const [index, row] of batch.cuts.entries()) {
      if ((row + 1) % batch.steps === 0) cut(trace, row, cutValues[index]);
    }
    return trace;
  },

  early(batch, values, cutValues) {
    const trace = uncut(values);
    for (const [index, row] of batch.cuts.entries()) {
      const ended = batch.terminated[row] || batch.truncated[row];
      if ((row + 1) % batch.steps === 0) cut(trace, row, ended ? 0 : cutValues[index]);
      if (ended && row % batch.steps > 0) cut(trace, row - 1, 0);
    }
    return trace;
  },
};

/** Every row followed by the next. */
function uncut(values: Float32Array): Trace {
  const bootstraps = new Float32Array(values.length);
  bootstraps.set(values.subarray(1));
  return { bootstraps, carries: new Float32Array(values.length).fill(1) };
}

function cut(trace: Trace, row: number, bootstrap: number): void {
  trace.carries[row] = 0;
  trace.bootstraps[row] = bootstrap;
}

/** 1 − Var(returns − values) / Var(returns): 1 is a perfect value function, 0 no better than a constant. */
export function explainedVariance(values: Float32Array, returns: Float32Array): number {
  const total = variance(returns);
  return total === 0 ? 0 : 1 - variance(returns.map((value, row) => value - values[row])) / total;
}

/** Population variance about `mean`, in f64. */
export function variance(values: Float32Array, mean = average(values)): number {
  let sum = 0;
  for (const value of values) sum += (value - mean) * (value - mean);
  return values.length === 0 ? 0 : sum / values.length;
}

/** Mean in f64; 0 for no values. */
export function average(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return values.length === 0 ? 0 : sum / values.length;
}

/** As the official code: keeps values that are all equal from being divided by zero. */
const EPSILON = 1e-8;

/** (values − mean) / (√square + 10⁻⁸). */
export function standardise(values: Float32Array, mean: number, square: number): Float32Array {
  const deviation = Math.sqrt(square) + EPSILON;
  return values.map((value) => (value - mean) / deviation);
}
