/** Learning rates over a run, as functions of how much of it is done. */
import { InvalidInputError } from "../validation/errors.ts";

export const scheduleNames = ["constant", "linear"] as const;
/** "linear" falls from the first rate to 0 at the end of the run. */
export type ScheduleName = (typeof scheduleNames)[number];

/**
 * The learning rate at this part of a run.
 * @param progress done updates / all updates, from 0 to 1; beyond 1 counts as 1
 * @throws InvalidInputError when progress is negative or no number
 */
export function scheduledRate(schedule: ScheduleName, first: number, progress: number): number {
  if (!(progress >= 0)) {
    throw new InvalidInputError(`progress is ${progress}; give done updates / all updates, from 0 to 1.`);
  }
  return schedule === "constant" ? first : first * (1 - Math.min(progress, 1));
}
