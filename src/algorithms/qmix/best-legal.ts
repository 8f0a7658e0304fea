/** The greedy choice. */

/**
 * The legal choice of highest utility, the first among equals; 0 when none is legal.
 * @param from where the head's `count` utilities and its entries of `legal` start
 */
export function bestLegal(
  utilities: Float32Array,
  legal: Uint8Array | undefined,
  from: number,
  count: number,
): number {
  let best = -1;
  for (let k = 0; k < count; k++) {
    if (legal && legal[from + k] === 0) continue;
    if (best < 0 || utilities[from + k] > utilities[from + best]) best = k;
  }
  return Math.max(best, 0);
}
