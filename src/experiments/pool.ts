/** Works on a list in order, several items at a time. */

/**
 * Starts items in order while fewer than `limit` are at work, until `signal` aborts; items that have started
 * end.
 * @throws what `work` throws; nothing is started after that
 */
export async function inParallel<T>(
  items: readonly T[],
  limit: number,
  signal: AbortSignal,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = [...items];
  const worker = async (): Promise<void> => {
    while (queue.length > 0 && !signal.aborted) {
      try {
        await work(queue.shift() as T);
      } catch (error) {
        queue.length = 0;
        throw error;
      }
    }
  };
  const workers = Array.from({ length: Math.min(limit, items.length) }, worker);
  const failed = (await Promise.allSettled(workers)).find(({ status }) => status === "rejected");
  if (failed) throw (failed as PromiseRejectedResult).reason;
}
