/**
 * Continuous actions as environments get them: a = max(low, min(high, u)) for a draw u that may lie anywhere, since
 * Gaussian policies are unbounded. What was drawn is kept by those who learn from it.
 */
import type { EnvironmentSpec } from "./environment.ts";

/**
 * Cuts actions, in place, to the bounds of their spaces as 32-bit numbers. Choices stay as they are, and so does NaN.
 * @param actions [copies, A, actionSize], or a part of one row
 * @param first where that part begins in [A, actionSize]. @defaultValue 0
 */
export function cutActions(
  { low, high }: Pick<EnvironmentSpec, "low" | "high">,
  actions: { readonly length: number; [index: number]: number },
  first = 0,
): void {
  if (!low || !high) return;
  for (let i = 0; i < actions.length; i++) {
    const k = (first + i) % low.length;
    actions[i] = Math.max(low[k], Math.min(high[k], actions[i]));
  }
}
