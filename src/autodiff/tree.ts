/**
 * Trees of arrays: a single array, or lists and records of trees by name. What goes into a derivative as a tree comes
 * out as one of the same structure.
 */
import { isNdArray, type NdArray, Tensor } from "../tensor/tensor.ts";
import type { Operand } from "./tape.ts";

/** What a function that takes the tensors `P` may be differentiated at. */
export type Values<P> = P extends Tensor ? Operand : { readonly [K in keyof P]: Values<P[K]> };

/** The tensors that a function sees when it is differentiated at `X`. */
export type Tensors<X> = X extends Operand ? Tensor : { readonly [K in keyof X]: Tensors<X[K]> };

/** The leaves' types. */
type Leaves<X> = X extends Operand
  ? X
  : X extends readonly (infer Entry)[]
    ? Leaves<Entry>
    : { [K in keyof X]: Leaves<X[K]> }[keyof X];

/** The structure of X with new arrays, and numbers for numbers. */
export type Plain<X> = X extends number
  ? number
  : X extends Float32Array
    ? Float32Array
    : X extends NdArray
      ? NdArray
      : { -readonly [K in keyof X]: Plain<X[K]> };

/** `Inside` when one of the trees X holds a tensor, so the derivative is part of a larger computation, else `Outside`. */
export type Placed<X, Inside, Outside> = [Extract<Leaves<X>, Tensor>] extends [never] ? Outside : Inside;

/** The structure of X holding derivatives: new arrays for arrays, but all tensors when X or a direction V has tensors. */
export type Like<X, V = X> = Placed<X | V, Tensors<X>, Plain<X>>;

export interface Leaf {
  /** Such as "layers.0.weight", empty for a tree that is a single array. */
  readonly path: string;
  readonly value: unknown;
}

/** The leaves in the order of their names' appearance. */
export function leavesOf(tree: unknown, path = ""): Leaf[] {
  if (!isBranch(tree)) return [{ path, value: tree }];
  return Object.entries(tree).flatMap(([name, branch]) => leavesOf(branch, path ? `${path}.${name}` : name));
}

/** A tree of the same structure with other leaves, in the same order. */
export function rebuild(tree: unknown, leaves: readonly unknown[]): unknown {
  let next = 0;
  const build = (branch: unknown): unknown => {
    if (!isBranch(branch)) return leaves[next++];
    if (Array.isArray(branch)) return branch.map(build);
    return Object.fromEntries(Object.entries(branch).map(([name, value]) => [name, build(value)]));
  };
  return build(tree);
}

/** Lists and records; anything else is a leaf, and what cannot be a tensor is refused when it is lifted. */
function isBranch(tree: unknown): tree is readonly unknown[] | Readonly<Record<string, unknown>> {
  if (typeof tree !== "object" || tree === null) return false;
  return !(tree instanceof Tensor || ArrayBuffer.isView(tree) || isNdArray(tree));
}
