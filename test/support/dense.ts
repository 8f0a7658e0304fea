/** Small dense f64 linear algebra for oracles: matrices are arrays of rows. */
export type Matrix = number[][];

export const dot = (x: readonly number[], y: readonly number[]): number =>
  x.reduce((sum, value, i) => sum + value * y[i], 0);
export const norm = (x: readonly number[]): number => Math.sqrt(dot(x, x));
export const axpy = (alpha: number, x: readonly number[], y: readonly number[]): number[] =>
  y.map((value, i) => value + alpha * x[i]);
export const apply = (a: Matrix, x: readonly number[]): number[] => a.map((row) => dot(row, x));
export const transpose = (a: Matrix): Matrix => a[0].map((_, j) => a.map((row) => row[j]));
export const product = (a: Matrix, b: Matrix): Matrix => {
  const columns = transpose(b);
  return a.map((row) => columns.map((column) => dot(row, column)));
};
export const zeros = (rows: number, columns: number): Matrix =>
  Array.from({ length: rows }, () => new Array<number>(columns).fill(0));

/** Solves A x = b by elimination with partial pivoting. */
export function solve(a: Matrix, b: readonly number[]): number[] {
  const n = b.length;
  const work = a.map((row, i) => [...row, b[i]]);
  for (let i = 0; i < n; i++) {
    let pivot = i;
    for (let k = i + 1; k < n; k++) if (Math.abs(work[k][i]) > Math.abs(work[pivot][i])) pivot = k;
    [work[i], work[pivot]] = [work[pivot], work[i]];
    for (let k = i + 1; k < n; k++) {
      const factor = work[k][i] / work[i][i];
      for (let j = i; j <= n; j++) work[k][j] -= factor * work[i][j];
    }
  }
  const x = new Array<number>(n).fill(0);
  for (let i = n - 1; i >= 0; i--) {
    let value = work[i][n];
    for (let j = i + 1; j < n; j++) value -= work[i][j] * x[j];
    x[i] = value / work[i][i];
  }
  return x;
}

/** Orthonormal basis of {x : A x = 0}: elimination with full pivoting, then Gram–Schmidt twice. */
export function nullspace(a: Matrix, tolerance = 1e-9): Matrix {
  const columns = a[0].length;
  const work = a.map((row) => [...row]);
  const scale = Math.max(...work.flat().map(Math.abs));
  const pivots: number[] = [];
  for (let row = 0; row < work.length; row++) {
    let best = { size: 0, i: -1, j: -1 };
    for (let i = row; i < work.length; i++) {
      for (let j = 0; j < columns; j++) {
        const size = Math.abs(work[i][j]);
        if (size > best.size && !pivots.includes(j)) best = { size, i, j };
      }
    }
    if (best.size <= tolerance * scale) break;
    [work[row], work[best.i]] = [work[best.i], work[row]];
    const pivot = work[row][best.j];
    work[row] = work[row].map((value) => value / pivot);
    for (let i = 0; i < work.length; i++) if (i !== row) work[i] = axpy(-work[i][best.j], work[row], work[i]);
    pivots.push(best.j);
  }
  const basis: Matrix = [];
  for (let free = 0; free < columns; free++) {
    if (pivots.includes(free)) continue;
    let x = new Array<number>(columns).fill(0);
    x[free] = 1;
    for (const [row, column] of pivots.entries()) x[column] = -work[row][free];
    for (let pass = 0; pass < 2; pass++) for (const vector of basis) x = axpy(-dot(vector, x), vector, x);
    const length = norm(x);
    basis.push(x.map((value) => value / length));
  }
  return basis;
}
