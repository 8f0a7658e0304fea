/** Room for results in the arena, and linear maps that many rules have. */
import type { Pointer } from "../../kernels/abi.ts";
import type { Arena } from "../../kernels/memory.ts";
import { type Shape, sizeOf } from "../../tensor/shape.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { LinearMap, Stored } from "../rule.ts";

/** Allocates a result of this shape and lets `write` fill it; scratch that `write` takes is freed. */
export function store(arena: Arena, shape: Shape, write: (out: Pointer, size: number) => void): Stored {
  const size = sizeOf(shape);
  const pointer = arena.allocateF32(size);
  arena.scope(() => write(pointer, size));
  return { shape, pointer };
}

/** A map that is its own transpose, such as a multiplication entry by entry. */
export function symmetric(map: (direction: Tensor) => Tensor): LinearMap {
  return { jvp: map, vjp: map };
}

/** Keeps the latest result, because the maps of all operands ask for the same cotangent in turn. */
export function remember(map: (direction: Tensor) => Tensor): (direction: Tensor) => Tensor {
  let latest: Tensor | undefined;
  let result: Tensor | undefined;
  return (direction) => {
    if (result === undefined || direction !== latest) result = map(direction);
    latest = direction;
    return result;
  };
}
