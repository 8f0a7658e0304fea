/** Backtracking: the first of start, start·shrink, start·shrink², … that a test accepts. */

export interface BacktrackOptions {
  /** Most scales to try. */
  readonly attempts: number;
  /** Factor between one scale and the next, in (0, 1). */
  readonly shrink: number;
  /** First scale. @defaultValue 1 */
  readonly start?: number;
  /** Whether a step of this scale is good enough; called in order, never again once it says yes. */
  readonly accept: (scale: number) => boolean;
}

/** The accepted scale, 0 when none was. */
export function backtrack({ attempts, shrink, start = 1, accept }: BacktrackOptions): number {
  let scale = start;
  for (let attempt = 0; attempt < attempts; attempt++, scale *= shrink) {
    if (accept(scale)) return scale;
  }
  return 0;
}
