/**
 * Kronecker-factored approximation of the KL Hessian (K-FAC, Martens & Grosse 2015) as a preconditioner:
 * layer by layer H ≈ A ⊗ S with A = E[x̄ x̄ᵀ] over inputs with a one appended (W and b are adjacent in the flat
 * vector, so a layer's block is a matrix [in + 1, out]) and S = E[e eᵀ] over the gradients e of the log-likelihood
 * in the layer's pre-activations. With A = U diag(a) Uᵀ, S = W diag(s) Wᵀ:
 *   (A ⊗ S + ε)⁻¹ R = U [(Uᵀ R W)ᵢⱼ / (aᵢ sⱼ + ε)] Wᵀ.
 * With ε of 0 or nearly it is the pseudo-inverse, since S of a softmax is singular: all logits of a head may rise together.
 */
import type { Pointer } from "../kernels/abi.ts";
import type { Arena } from "../kernels/memory.ts";
import { type SymmetricEigen, symmetricEigens } from "../tensor/symmetric-eigen.ts";

/** One layer's statistics: A [(in+1)²] and S [out²], row-major, averaged over samples. */
export interface KroneckerFactors {
  readonly inputs: Float64Array;
  readonly outputs: Float64Array;
}

interface LayerInverse {
  readonly rows: number;
  readonly columns: number;
  readonly offset: number;
  readonly left: Pointer;
  readonly right: Pointer;
  readonly reciprocals: Pointer;
}

/**
 * An eigenvalue this small against the layer's largest is rounding, since moments are f32; less damping than this does
 * not keep its direction, which counts 1/ε, from drowning the others.
 */
const SINGULAR = 1e-6;

export class KroneckerPreconditioner {
  readonly #arena: Arena;
  readonly #layers: readonly LayerInverse[];
  readonly #work: readonly [Pointer, Pointer];
  readonly #scratch: Pointer;

  /** Lives in the arena's current scope. @param sizes widths of the network, input first. */
  constructor(arena: Arena, sizes: readonly number[], factors: readonly KroneckerFactors[], damping: number) {
    this.#arena = arena;
    let offset = 0;
    let scratch = 0;
    let largest = 0;
    const matrices = factors.flatMap(({ inputs, outputs }, layer) => [
      { a: inputs, n: sizes[layer] + 1 },
      { a: outputs, n: sizes[layer + 1] },
    ]);
    const eigens = symmetricEigens(matrices, arena);
    this.#layers = factors.map((_, layer) => {
      const rows = sizes[layer] + 1;
      const columns = sizes[layer + 1];
      const inverse = invertLayer(arena, eigens[2 * layer], eigens[2 * layer + 1], offset, damping);
      offset += rows * columns;
      largest = Math.max(largest, rows * columns);
      const inner = Math.max(rows, columns);
      scratch = Math.max(scratch, arena.kernels.matmulScratchBytes(inner, inner));
      return inverse;
    });
    this.#work = [arena.allocateF32(largest), arena.allocateF32(largest)];
    this.#scratch = arena.allocate(scratch);
  }

  /** out = (H̃ + ε)⁻¹ · vector; both are flat parameter vectors. */
  apply(vector: Pointer, out: Pointer): void {
    const { kernels } = this.#arena;
    const [first, second] = this.#work;
    const scratch = this.#scratch;
    for (const { rows, columns, offset, left, right, reciprocals } of this.#layers) {
      const block = vector + 4 * offset;
      kernels.matmulTransposeAF32(left, block, first, rows, rows, columns, 0, scratch);
      kernels.matmulF32(first, right, second, rows, columns, columns, 0, scratch);
      kernels.multiplyF32(second, reciprocals, second, rows * columns);
      kernels.matmulF32(left, second, first, rows, rows, columns, 0, scratch);
      kernels.matmulTransposeBF32(first, right, out + 4 * offset, rows, columns, columns, 0, scratch);
    }
  }
}

function invertLayer(
  arena: Arena,
  a: SymmetricEigen,
  s: SymmetricEigen,
  offset: number,
  damping: number,
): LayerInverse {
  const [rows, columns] = [a.values.length, s.values.length];
  const singular = SINGULAR * Math.max(0, ...a.values) * Math.max(0, ...s.values);
  const floor = damping < SINGULAR ? singular : 0;
  const reciprocals = new Float32Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const eigenvalue = Math.max(0, a.values[i]) * Math.max(0, s.values[j]);
      reciprocals[i * columns + j] = eigenvalue + damping > floor ? 1 / (eigenvalue + damping) : 0;
    }
  }
  return {
    rows,
    columns,
    offset,
    left: arena.place(new Float32Array(a.vectors)),
    right: arena.place(new Float32Array(s.vectors)),
    reciprocals: arena.place(reciprocals),
  };
}

/** (1/samples) XᵀX of X [samples, width], optionally with a column of ones appended. */
export function secondMoment(
  arena: Arena,
  x: Pointer,
  samples: number,
  width: number,
  ones: boolean,
): Float64Array {
  return arena.scope(() => {
    const n = ones ? width + 1 : width;
    const rows = ones ? appendOnes(arena, x, samples, width) : x;
    const out = arena.allocateF32(n * n);
    const scratch = arena.allocate(arena.kernels.matmulScratchBytes(samples, n));
    arena.kernels.matmulTransposeAF32(rows, rows, out, n, samples, n, 0, scratch);
    const moment = new Float64Array(arena.f32(out, n * n)); // a copy by itself is many times as fast as `from`
    for (let i = 0; i < moment.length; i++) moment[i] /= samples;
    return moment;
  });
}

function appendOnes(arena: Arena, x: Pointer, samples: number, width: number): Pointer {
  const out = arena.allocateF32(samples * (width + 1));
  const source = arena.f32(x, samples * width);
  const target = arena.f32(out, samples * (width + 1));
  for (let row = 0, from = 0, to = 0; row < samples; row++) {
    for (const end = from + width; from < end; ) target[to++] = source[from++];
    target[to++] = 1;
  }
  return out;
}
