/** What a replay is told beside the episode. */
import { InvalidInputError } from "../validation/errors.ts";
import { formatValue } from "../validation/format.ts";
import { requireKnownKeys } from "../validation/known-keys.ts";

export interface ReplayOptions {
  /** Heading of picture and page. */
  readonly title: string;
  /** How long each step is shown. @defaultValue 0.1 */
  readonly secondsPerFrame?: number;
}

const WHAT = "options of a replay";

/** With the defaults. @throws InvalidInputError for an unknown key, no title, or a time that is not positive */
export function replayOptions(given: ReplayOptions): Required<ReplayOptions> {
  requireKnownKeys(given, ["title", "secondsPerFrame"], WHAT);
  const { title, secondsPerFrame = 0.1 } = given;
  if (typeof title !== "string") {
    throw new InvalidInputError(`${WHAT}: title is ${formatValue(title)}; give the heading as a text`);
  }
  if (!(Number.isFinite(secondsPerFrame) && secondsPerFrame > 0)) {
    const value = formatValue(secondsPerFrame);
    throw new InvalidInputError(`${WHAT}: secondsPerFrame is ${value}; it must be a number above 0`);
  }
  return { title, secondsPerFrame };
}
