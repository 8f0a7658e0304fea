/** Arrays with shapes: `NdArray` is ordinary data, a `Tensor` lives in the arena for as long as its owner is open. */
import type { Pointer } from "../kernels/abi.ts";
import type { Arena } from "../kernels/memory.ts";
import { type Shape, sizeOf } from "./shape.ts";

/** Values outside of the arena, row-major. */
export interface NdArray {
  readonly shape: Shape;
  readonly values: Float32Array;
}

/** What tensors belong to. */
export interface TensorOwner {
  readonly arena: Arena;
  /** @throws InvalidInputError when `tensor` may no longer be used; `user` is the operation that wants it. */
  requireUsable(tensor: Tensor, user: string): void;
}

/** f32 values in linear memory. Immutable: operations make new tensors, some of which share the memory. */
export class Tensor {
  readonly owner: TensorOwner;
  /** Place in the owner's order of making. */
  readonly id: number;
  readonly shape: Shape;
  /** Number of values. */
  readonly size: number;
  readonly pointer: Pointer;

  constructor(owner: TensorOwner, id: number, shape: Shape, pointer: Pointer) {
    this.owner = owner;
    this.id = id;
    // A copy: the caller's list may change while the tensor lives.
    this.shape = [...shape];
    this.size = sizeOf(shape);
    this.pointer = pointer;
  }

  /** A copy of the values. @throws InvalidInputError when the scope that made the tensor has ended */
  read(): Float32Array {
    this.owner.requireUsable(this, "read");
    return this.owner.arena.read(this.pointer, this.size);
  }
}

/** Whether a value is an `NdArray`. */
export function isNdArray(value: unknown): value is NdArray {
  return (
    typeof value === "object" && value !== null && "values" in value && value.values instanceof Float32Array
  );
}
