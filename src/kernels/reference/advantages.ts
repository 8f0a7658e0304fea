/** Twin of assembly/advantages.ts: the same scan in f64. */
import type { Kernels } from "../abi.ts";
import type { Views } from "./views.ts";

export type AdvantagesKernels = Pick<Kernels, "advantageScanF32">;

export function advantagesReference(views: Views): AdvantagesKernels {
  return {
    advantageScanF32(rewards, values, bootstraps, carries, advantages, n, gamma, lambda) {
      const { f32 } = views;
      const decay = gamma * lambda;
      let advantage = 0;
      for (let t = n - 1; t >= 0; t--) {
        const next = gamma * f32[(bootstraps >>> 2) + t];
        const delta = f32[(rewards >>> 2) + t] + next - f32[(values >>> 2) + t];
        advantage = delta + decay * f32[(carries >>> 2) + t] * advantage;
        f32[(advantages >>> 2) + t] = advantage;
      }
    },
  };
}
