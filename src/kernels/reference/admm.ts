/** Twin of assembly/admm.ts: the link's closed-form updates, rounded to f32 at each operation. */
import type { Kernels } from "../abi.ts";
import type { Views } from "./views.ts";

export type AdmmKernels = Pick<Kernels, "linkUpdateF32" | "linkTargetF32">;

const f = Math.fround;

export function admmReference(views: Views): AdmmKernels {
  return {
    linkUpdateF32(own, other, mean, dual, sign, penalty, n) {
      const { f32 } = views;
      const step = f(sign * penalty * 0.5);
      for (let i = 0; i < n; i++) {
        const a = f32[(own >>> 2) + i];
        const b = f32[(other >>> 2) + i];
        f32[(dual >>> 2) + i] += f(step * f(a - b));
        f32[(mean >>> 2) + i] = 0.5 * f(a + b);
      }
    },
    linkTargetF32(target, mean, dual, sign, penalty, n) {
      const { f32 } = views;
      const [s, p] = [f(sign), f(penalty)];
      for (let i = 0; i < n; i++) {
        const change = f(f(p * f32[(mean >>> 2) + i]) - f(s * f32[(dual >>> 2) + i]));
        f32[(target >>> 2) + i] += change;
      }
    },
  };
}
