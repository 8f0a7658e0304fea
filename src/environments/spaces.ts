/** Spaces with Gymnasium's names, as plain JSON-serialisable data. */

export type Bound = number | readonly number[] | Float32Array;
export interface Box {
  readonly type: "box";
  readonly shape: readonly number[];
  readonly low: Bound;
  readonly high: Bound;
}
export interface Discrete {
  readonly type: "discrete";
  readonly n: number;
}
export interface MultiDiscrete {
  readonly type: "multi_discrete";
  readonly nvec: readonly number[];
}
export type Space = Box | Discrete | MultiDiscrete;
