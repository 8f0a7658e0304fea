/** One order out of several partial ones. */

/**
 * All values of `orders`, each once, so that what stands before another in one order does so in the result. What no
 * order decides, or two orders contradict each other about, is decided by `compare`: the result does not depend on
 * which order is given first.
 */
export function mergeOrders<T>(orders: readonly (readonly T[])[], compare: (a: T, b: T) => number): T[] {
  const left = new Set([...new Set(orders.flat())].sort(compare));
  const merged: T[] = [];
  while (left.size > 0) {
    const waiting = [...left];
    const isFree = (value: T): boolean =>
      orders.every((order) => {
        const place = order.indexOf(value);
        return !order.some((other, i) => i < place && left.has(other));
      });
    const next = waiting.find(isFree) ?? waiting[0];
    left.delete(next);
    merged.push(next);
  }
  return merged;
}

/** "treasure-8" before "treasure-12". */
export const byName = (a: string, b: string): number =>
  a.localeCompare(b, "en", { numeric: true }) || Number(a > b) - Number(a < b);

export const byNumber = (a: number, b: number): number => a - b;
