/** Categorical heads in plain f64, the rival of the kernels in tests. A row holds the heads side by side. */

/** Calls visit(start, size, index) for each head of each row; index counts rows × heads. */
function eachHead(
  width: number,
  sizes: readonly number[],
  visit: (start: number, size: number, index: number) => void,
): void {
  for (let start = 0, index = 0; start < width; index++) {
    const size = sizes[index % sizes.length];
    visit(start, size, index);
    start += size;
  }
}

export function logSoftmaxReference(logits: ArrayLike<number>, sizes: readonly number[]): Float64Array {
  const out = Float64Array.from(logits);
  eachHead(out.length, sizes, (start, size) => {
    const head = out.subarray(start, start + size);
    const largest = Math.max(...head);
    const total = Math.log(head.reduce((sum, value) => sum + Math.exp(value - largest), 0));
    for (let j = 0; j < size; j++) head[j] -= largest + total;
  });
  return out;
}

/** Where in the logits the chosen action of each head of each row lies. */
export function actionIndices(actions: Int32Array, sizes: readonly number[]): Int32Array {
  const out = new Int32Array(actions.length);
  const width = (actions.length / sizes.length) * sizes.reduce((sum, size) => sum + size, 0);
  eachHead(width, sizes, (start, _, index) => {
    out[index] = start + actions[index];
  });
  return out;
}

/** KL(old‖new) of each head of each row. */
export function klDivergences(
  oldLogProbs: Float64Array,
  newLogProbs: Float64Array,
  sizes: readonly number[],
): number[] {
  const out: number[] = [];
  eachHead(oldLogProbs.length, sizes, (start, size) => {
    let sum = 0;
    for (let j = start; j < start + size; j++)
      sum += Math.exp(oldLogProbs[j]) * (oldLogProbs[j] - newLogProbs[j]);
    out.push(sum);
  });
  return out;
}

/** −Σ p log p of each head of each row. */
export function entropies(logProbs: Float64Array, sizes: readonly number[]): number[] {
  return klDivergences(logProbs, new Float64Array(logProbs.length), sizes).map((value) => -value);
}
