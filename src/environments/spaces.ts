/** Spaces with Gymnasium's names, as plain JSON-serialisable data: what an observation or action may be. */
import { InvalidInputError } from "../validation/errors.ts";
import { formatValue } from "../validation/format.ts";

/** One bound for all entries, or one an entry in row-major order. ±Infinity leaves a side open. */
export type Bound = number | readonly number[] | Float32Array;
/** Real arrays; values are flat (Float32Array or plain numbers in row-major order). */
export interface Box {
  readonly type: "box";
  readonly shape: readonly number[];
  readonly low: Bound;
  readonly high: Bound;
}
/** An integer from 0 to n − 1. */
export interface Discrete {
  readonly type: "discrete";
  readonly n: number;
}
/** Several integers, the k-th from 0 to nvec[k] − 1. */
export interface MultiDiscrete {
  readonly type: "multi_discrete";
  readonly nvec: readonly number[];
}
export type Space = Box | Discrete | MultiDiscrete;

/** Largest number of choices or entries of a space. */
const LARGEST = 2 ** 24;

/** @throws InvalidInputError when a size is no positive integer, or a bound NaN, too short or crossed */
export function box(low: Bound, high: Bound, shape?: readonly number[]): Box {
  const length = typeof low === "number" ? (typeof high === "number" ? 1 : high.length) : low.length;
  return requireSpace({ type: "box", shape: shape ?? [length], low, high });
}

/** @throws InvalidInputError when n is not an integer ≥ 1 */
export function discrete(n: number): Discrete {
  return requireSpace({ type: "discrete", n });
}

/** @throws InvalidInputError when there is no number, or one that is not an integer ≥ 1 */
export function multiDiscrete(nvec: readonly number[]): MultiDiscrete {
  return requireSpace({ type: "multi_discrete", nvec });
}

/** The same space, checked. @throws InvalidInputError saying what is wrong with it */
export function requireSpace<S extends Space>(space: S, what = "space"): S {
  const reason = spaceProblem(space);
  if (reason !== undefined) throw new InvalidInputError(`${what}: ${reason}`);
  return space;
}

/** What keeps `space` from being one; undefined when nothing does. */
export function spaceProblem(space: unknown): string | undefined {
  const given = (space ?? {}) as Space;
  switch (given.type) {
    case "box":
      return boxProblem(given);
    case "discrete":
      return isCount(given.n) ? undefined : `discrete n is ${formatValue(given.n)}; ${COUNT_RULE}`;
    case "multi_discrete":
      if (isCounts(given.nvec)) return undefined;
      return `multi_discrete nvec is ${formatValue(given.nvec)}; it must be a list, ${COUNTS_RULE}`;
    default:
      return `got ${formatValue(space)}; it must be made by box(), discrete() or multiDiscrete()`;
  }
}

const COUNT_RULE = `it must be an integer from 1 to ${LARGEST}`;
const COUNTS_RULE = `each an integer from 1 to ${LARGEST}`;

function boxProblem({ shape, low, high }: Box): string | undefined {
  if (!isCounts(shape))
    return `box shape is ${formatValue(shape)}; it must be a list of sizes, ${COUNTS_RULE}`;
  const length = product(shape);
  for (const [name, bound] of Object.entries({ low, high })) {
    if (typeof bound === "number" ? Number.isNaN(bound) : !isBoundList(bound, length)) {
      return `box ${name} is ${formatValue(bound)}; it must be a number or ${length} numbers, none NaN`;
    }
  }
  for (let k = 0; k < length; k++) {
    if (boundAt(low, k) > boundAt(high, k)) {
      return `box low[${k}] is ${boundAt(low, k)}, above high[${k}] = ${boundAt(high, k)}; swap them`;
    }
  }
  return undefined;
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= LARGEST;
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.length > 0 && value.every(isCount);
}

function isBoundList(value: unknown, length: number): boolean {
  if (!Array.isArray(value) && !(value instanceof Float32Array)) return false;
  return value.length === length && Array.prototype.every.call(value, isComparable);
}

function isComparable(value: unknown): boolean {
  return typeof value === "number" && !Number.isNaN(value);
}

/** Numbers of a value laid flat: entries of a box, choices of discrete spaces (one-hot). */
export function flatSize(space: Space): number {
  if (space.type === "box") return product(space.shape);
  return headSizes(space).reduce((sum, n) => sum + n, 0);
}

/** Choices of each head of a discrete space; none for a box. */
export function headSizes(space: Space): readonly number[] {
  if (space.type === "box") return [];
  return space.type === "discrete" ? [space.n] : space.nvec;
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((all, size) => all * size, 1);
}

/** The k-th entry of a bound. */
export function boundAt(bound: Bound, k: number): number {
  return typeof bound === "number" ? bound : bound[k];
}
