/** The tensors of a safetensors file and the layers they make, plainly: what a reader of the guide would write. */

export interface Tensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

export class Weights {
  /** Bytes that are no F32 have no values. */
  readonly tensors = new Map<string, Tensor>();

  constructor(file: Uint8Array) {
    const start = 8 + Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
    const header = JSON.parse(new TextDecoder().decode(file.subarray(8, start)));
    for (const [name, { dtype, shape, data_offsets }] of Object.entries<Record<string, never>>(header)) {
      if (name === "__metadata__") continue;
      const [begin, end] = data_offsets as readonly number[];
      const values = dtype === "F32" ? file.slice(start + begin, start + end).buffer : new ArrayBuffer(0);
      this.tensors.set(name, { shape, values: new Float32Array(values) });
    }
  }

  /** LN(x) W + b, or x W + b where the layer has no normalisation. */
  layer(name: string, x: readonly number[]): number[] {
    const normal = this.tensors.has(`${name}.norm.gain`) ? this.#normalise(`${name}.norm`, x) : x;
    const [weight, bias] = [this.#values(`${name}.weight`), this.#values(`${name}.bias`)];
    return Array.from(bias, (b, k) =>
      normal.reduce((sum, value, j) => sum + value * weight[j * bias.length + k], b),
    );
  }

  /** m ← n + z ⊙ (m − n). @param gates the input's part of r, z, n @param name of the memory's part */
  remember(name: string, gates: readonly number[], memory: readonly number[]): number[] {
    const own = this.layer(name, memory);
    const size = memory.length;
    return memory.map((m, k) => {
      const [r, z] = [0, 1].map((gate) => sigmoid(gates[gate * size + k] + own[gate * size + k]));
      const n = Math.tanh(gates[2 * size + k] + r * own[2 * size + k]);
      return n + z * (m - n);
    });
  }

  #normalise(name: string, x: readonly number[]): number[] {
    const [gain, bias] = [this.#values(`${name}.gain`), this.#values(`${name}.bias`)];
    const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
    const variance = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length;
    return x.map((value, j) => ((value - mean) / Math.sqrt(variance + 1e-5)) * gain[j] + bias[j]);
  }

  #values(name: string): Float32Array {
    return (this.tensors.get(name) as Tensor).values;
  }
}
