/**
 * Orthogonal initialisation (Saxe et al. 2014): a uniformly random matrix with orthonormal columns (rows, when
 * it is wide), times a gain. Gram–Schmidt on normal vectors is the QR decomposition with positive diagonal of R;
 * its Q has the same Haar distribution as the singular vectors that SVD-based initialisers take.
 */
import type { Random } from "../tensor/random.ts";

/** A vector that keeps less than this (one in a million) is drawn again, so that all are orthogonal to 1e-9. */
const SHORTEST = 1e-6;

/** W[rows,columns], that is [in,out] of a dense layer; WᵀW = gain²·I when tall, WWᵀ = gain²·I when wide. */
export function orthogonal(random: Random, rows: number, columns: number, gain: number): Float32Array {
  const tall = rows >= columns;
  const vectors = orthonormalVectors(random, Math.min(rows, columns), Math.max(rows, columns));
  const weights = new Float32Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++)
      weights[i * columns + j] = gain * (tall ? vectors[j][i] : vectors[i][j]);
  }
  return weights;
}

/** [rows, Σ sizes] whose column blocks are orthogonal matrices of their own, such as the heads of a policy. */
export function orthogonalBlocks(
  random: Random,
  rows: number,
  sizes: readonly number[],
  gain: number,
): Float32Array {
  const width = sizes.reduce((sum, size) => sum + size, 0);
  const matrix = new Float32Array(rows * width);
  let start = 0;
  for (const size of sizes) {
    const block = orthogonal(random, rows, size, gain);
    for (let i = 0; i < rows; i++) matrix.set(block.subarray(i * size, (i + 1) * size), i * width + start);
    start += size;
  }
  return matrix;
}

/** `count` orthonormal vectors of length n ≥ count. */
function orthonormalVectors(random: Random, count: number, n: number): Float64Array[] {
  const vectors: Float64Array[] = [];
  while (vectors.length < count) {
    const vector = Float64Array.from({ length: n }, () => random.normal());
    for (const other of vectors) addScaled(vector, -dot(vector, other), other);
    const length = Math.sqrt(dot(vector, vector));
    if (length > SHORTEST) vectors.push(vector.map((value) => value / length));
  }
  return vectors;
}

function dot(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i] * y[i];
  return sum;
}

function addScaled(target: Float64Array, factor: number, source: Float64Array): void {
  for (let i = 0; i < target.length; i++) target[i] += factor * source[i];
}
