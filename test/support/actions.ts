/** What a distribution makes of outputs, as arrays. */
import { jvp } from "../../src/autodiff/derivatives.ts";
import type { ActionDistribution, Actions } from "../../src/distributions/action-distribution.ts";
import type { Arena } from "../../src/kernels/memory.ts";
import type { Random } from "../../src/tensor/random.ts";
import type { NdArray, Tensor } from "../../src/tensor/tensor.ts";

export const normals = (random: Random, n: number, scale = 1): Float32Array =>
  Float32Array.from({ length: n }, () => scale * random.normal());

/** A distribution at outputs [rows, outputSize] and extra parameters. */
export class DistributionPoint {
  readonly distribution: ActionDistribution;
  readonly output: NdArray;
  readonly extra: Float32Array;
  readonly masks: Uint8Array | undefined;

  constructor(
    distribution: ActionDistribution,
    output: Float32Array,
    extra: Float32Array = new Float32Array(distribution.extraParameters),
    masks?: Uint8Array,
  ) {
    this.distribution = distribution;
    this.output = {
      shape: [output.length / distribution.outputSize, distribution.outputSize],
      values: output,
    };
    this.extra = extra;
    this.masks = masks;
  }

  get rows(): number {
    return this.output.shape[0];
  }

  logProb(actions: Actions): Float32Array {
    return this.#rows((output, extra) => this.distribution.logProb(output, extra, actions, this.masks));
  }

  entropy(): Float32Array {
    return this.#rows((output, extra) => this.distribution.entropy(output, extra, this.masks));
  }

  /** KL(this‖other). */
  klTo(other: DistributionPoint): Float32Array {
    return other.#rows((output, extra) =>
      this.distribution.kl(this.output.values, this.extra, output, extra, this.masks),
    );
  }

  sample(arena: Arena, random: Random, deterministic = false) {
    const { output, extra, masks, rows } = this;
    return this.distribution.sample(arena, output.values, extra, rows, random, deterministic, masks);
  }

  #rows(f: (output: Tensor, extra: Tensor) => Tensor): Float32Array {
    const point = { output: this.output, extra: this.extra };
    return jvp(({ output, extra }) => f(output, extra), point, point).value.values;
  }
}
