/** Recurrent units in plain f64, sequence by sequence, and back through time. */
interface Array64 {
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

export interface GruProblem {
  /** [steps·sequences, 3·size], w [size, 3·size], b [3·size], initial [sequences, size]. */
  readonly a: Array64;
  readonly w: Array64;
  readonly b: Array64;
  readonly initial: Array64;
  readonly starts: Uint8Array;
}

/** One row: what it read, the gates and what the memory offered to the candidate. */
interface Moment {
  readonly h: readonly number[];
  readonly r: readonly number[];
  readonly z: readonly number[];
  readonly n: readonly number[];
  readonly offered: readonly number[];
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

export function gruReference({ a, w, b, initial, starts }: GruProblem) {
  const [sequences, size] = initial.shape;
  const rows = a.shape[0];
  const outputs = new Float64Array(rows * size);
  const moments: Moment[] = [];
  for (let row = 0; row < rows; row++) {
    const before = row < sequences ? initial.values : outputs;
    const from = row < sequences ? row * size : (row - sequences) * size;
    const h = Array.from({ length: size }, (_, j) => (starts[row] ? 0 : before[from + j]));
    const gate = (k: number) =>
      h.map((_, j) => {
        const column = k * size + j;
        return (
          b.values[column] + h.reduce((sum, value, i) => sum + value * w.values[i * 3 * size + column], 0)
        );
      });
    const input = (k: number, j: number) => a.values[row * 3 * size + k * size + j];
    const r = gate(0).map((c, j) => sigmoid(input(0, j) + c));
    const z = gate(1).map((c, j) => sigmoid(input(1, j) + c));
    const offered = gate(2);
    const n = offered.map((c, j) => Math.tanh(input(2, j) + r[j] * c));
    for (let j = 0; j < size; j++) outputs[row * size + j] = (1 - z[j]) * n[j] + z[j] * h[j];
    moments.push({ h, r, z, n, offered });
  }
  return { outputs, moments };
}

/** Cotangents of a, w, b and initial, one after another, for the cotangent g of the outputs. */
export function gruGradientReference(problem: GruProblem, g: Float64Array): Float64Array {
  const { a, w, b, initial, starts } = problem;
  const [sequences, size] = initial.shape;
  const { moments } = gruReference(problem);
  const [da, dw, db, dh] = [a, w, b, initial].map(({ values }) => new Float64Array(values.length));
  for (let row = moments.length - 1; row >= 0; row--) {
    const { h, r, z, n, offered } = moments[row];
    const at = (row % sequences) * size;
    const arriving = h.map((_, j) => dh[at + j] + g[row * size + j]);
    const dn = arriving.map((slope, j) => slope * (1 - z[j]) * (1 - n[j] ** 2));
    const dr = dn.map((slope, j) => slope * offered[j] * r[j] * (1 - r[j]));
    const dz = arriving.map((slope, j) => slope * (h[j] - n[j]) * z[j] * (1 - z[j]));
    da.set([...dr, ...dz, ...dn], row * 3 * size);
    const dc = [...dr, ...dz, ...dn.map((slope, j) => slope * r[j])];
    for (const [column, slope] of dc.entries()) {
      db[column] += slope;
      for (let i = 0; i < size; i++) dw[i * 3 * size + column] += h[i] * slope;
    }
    for (let i = 0; i < size; i++) {
      const through = dc.reduce((sum, slope, column) => sum + slope * w.values[i * 3 * size + column], 0);
      dh[at + i] = starts[row] ? 0 : arriving[i] * z[i] + through;
    }
  }
  return Float64Array.of(...da, ...dw, ...db, ...dh);
}
