/** Twin of assembly/gather.ts. */
import type { Kernels } from "../abi.ts";
import type { Views } from "./views.ts";

export function gatherReference(views: Views): Pick<Kernels, "gatherRowsF32"> {
  return {
    gatherRowsF32(x, order, out, count, width) {
      const { f32, i32 } = views;
      for (let i = 0; i < count; i++) {
        const row = (x >>> 2) + i32[(order >>> 2) + i] * width;
        f32.copyWithin((out >>> 2) + i * width, row, row + width);
      }
    },
  };
}
