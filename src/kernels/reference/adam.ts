/** Twin of assembly/adam.ts: scalars rounded to f32 once, then every operation. */
import type { Kernels } from "../abi.ts";
import type { Views } from "./views.ts";

export type AdamKernels = Pick<Kernels, "adamF32">;

const f = Math.fround;

export function adamReference(views: Views): AdamKernels {
  return {
    adamF32(parameters, gradient, m, v, n, learningRate, beta1, beta2, epsilon, correction1, correction2) {
      const { f32 } = views;
      const [b1, r1, b2, r2] = [f(beta1), f(1 - beta1), f(beta2), f(1 - beta2)];
      const rate = f(learningRate / correction1);
      const scale = f(1 / correction2);
      const floor = f(epsilon);
      for (let i = 0; i < n; i++) {
        const g = f32[(gradient >>> 2) + i];
        const first = f(f(b1 * f32[(m >>> 2) + i]) + f(r1 * g));
        const second = f(f(b2 * f32[(v >>> 2) + i]) + f(r2 * f(g * g)));
        f32[(m >>> 2) + i] = first;
        f32[(v >>> 2) + i] = second;
        f32[(parameters >>> 2) + i] -= f(f(rate * first) / f(f(Math.sqrt(f(second * scale))) + floor));
      }
    },
  };
}
