/** An update succeeds whole or leaves no trace. */
import type { Algorithm } from "./algorithm.ts";

/** Runs `update`; when it throws, the algorithm goes back to where it was, and the error goes on. */
export function allOrNothing<T>(algorithm: Pick<Algorithm, "save" | "load">, update: () => T): T {
  const before = algorithm.save();
  try {
    return update();
  } catch (error) {
    algorithm.load(before);
    throw error;
  }
}
