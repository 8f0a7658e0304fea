/** Values of spaces: whether they belong, drawing them at random, and laying them flat for a network. */
import { log } from "../tensor/math.ts";
import type { Random } from "../tensor/random.ts";
import { formatValue } from "../validation/format.ts";
import { type Box, boundAt, flatSize, headSizes, type Space } from "./spaces.ts";

/** A value of a box, flat in row-major order, of a multi-discrete space, or of a discrete one. */
export type SpaceValue = ArrayLike<number> | number;

/** Why a value does not belong. */
export interface Violation {
  /** Where in the value: "[2]", or "" for the value as a whole. */
  readonly where: string;
  /** Continues "observation[2] ": "is NaN; it must be a finite number". */
  readonly reason: string;
  /** Whether the cause is NaN or ±Infinity. */
  readonly nonFinite: boolean;
}

/** The first reason why `value` is not in `space`, if any. `bounds: false` lets a box's range go. */
export function violation(space: Space, value: unknown, bounds = true): Violation | undefined {
  if (space.type === "discrete") return choiceViolation(value, space.n, "");
  const length = space.type === "box" ? flatSize(space) : space.nvec.length;
  if (!isList(value)) {
    return wrong("", `is ${formatValue(value)}; it must be a flat list of ${length} numbers`);
  }
  if (value.length !== length) {
    return wrong("", `has ${value.length} numbers; the space has ${length}`);
  }
  for (let k = 0; k < length; k++) {
    const found =
      space.type === "box"
        ? entryViolation(space, value[k], k, bounds)
        : choiceViolation(value[k], space.nvec[k], `[${k}]`);
    if (found) return found;
  }
  return undefined;
}

/** Whether `value` is in `space`. */
export function contains(space: Space, value: unknown): boolean {
  return violation(space, value) === undefined;
}

/** Why a value is no number to compute with, if it is none: training has 32 bits for each. */
export function numberViolation(value: unknown): Violation | undefined {
  if (typeof value !== "number") return wrong("", `is ${formatValue(value)}; it must be a finite number`);
  if (!Number.isFinite(value)) {
    return { where: "", reason: `is ${value}; it must be a finite number`, nonFinite: true };
  }
  if (Number.isFinite(Math.fround(value))) return undefined;
  return wrong("", `is ${value}; it must fit into 32 bits, at most 3.4e38 in size`);
}

function entryViolation(space: Box, value: unknown, k: number, bounds: boolean): Violation | undefined {
  const found = numberViolation(value);
  if (found) return { ...found, where: `[${k}]` };
  if (!bounds) return undefined;
  const low = boundAt(space.low, k);
  const high = boundAt(space.high, k);
  const rounded = Math.fround(value as number); // 0.1 as f32 is above 0.1 as f64
  if (rounded >= Math.fround(low) && rounded <= Math.fround(high)) return undefined;
  return wrong(`[${k}]`, `is ${value}; the space allows ${low} to ${high}`);
}

function choiceViolation(value: unknown, n: number, where: string): Violation | undefined {
  if (Number.isInteger(value) && (value as number) >= 0 && (value as number) < n) return undefined;
  const nonFinite = typeof value === "number" && !Number.isFinite(value);
  return { where, reason: `is ${formatValue(value)}; it must be an integer from 0 to ${n - 1}`, nonFinite };
}

function wrong(where: string, reason: string): Violation {
  return { where, reason, nonFinite: false };
}

/** Whether it is an array or a typed one. */
export function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

/**
 * A random value: uniform choices among those that `mask` (one entry a choice, all heads) calls legal; box
 * entries uniform between finite bounds, at a distance of mean 1 from a single bound, else standard normal.
 */
export function sample(
  space: Space,
  random: Random,
  mask?: ArrayLike<number>,
): Float32Array | Int32Array | number {
  if (space.type === "box") {
    return Float32Array.from({ length: flatSize(space) }, (_, k) =>
      sampleEntry(boundAt(space.low, k), boundAt(space.high, k), random),
    );
  }
  let first = 0;
  const choices = headSizes(space).map((n) => {
    const legal = Array.from({ length: n }, (_, k) => k).filter(
      (k) => mask === undefined || mask[first + k] !== 0,
    );
    first += n;
    return legal[random.integer(legal.length)];
  });
  return space.type === "discrete" ? choices[0] : Int32Array.from(choices);
}

function sampleEntry(low: number, high: number, random: Random): number {
  const below = Number.isFinite(low);
  const above = Number.isFinite(high);
  if (below && above) return random.uniform(low, high);
  if (below) return low - log(1 - random.float());
  return above ? high + log(1 - random.float()) : random.normal();
}

/** Writes a value laid flat at `out[at …]`: box entries as they are, choices one-hot. */
export function flatten(space: Space, value: SpaceValue, out: Float32Array, at: number): void {
  if (space.type === "box") {
    const list = value as ArrayLike<number>;
    for (let k = 0; k < list.length; k++) out[at + k] = list[k];
    return;
  }
  out.fill(0, at, at + flatSize(space));
  let first = at;
  for (const [head, n] of headSizes(space).entries()) {
    out[first + (space.type === "discrete" ? (value as number) : (value as ArrayLike<number>)[head])] = 1;
    first += n;
  }
}
