/** `--seeds`: "3" are the seeds 1 to 3; "4-9", "2,7" and "1-3,8" these alone; "7," or "7-7" the seed 7 alone. */
import { MOST_SEEDS } from "../experiments/experiment-config.ts";
import { InvalidInputError } from "../validation/errors.ts";
import { numberOrText } from "./settings.ts";
import { formatCount } from "./terminal.ts";

/**
 * What an experiment file would say: a number, a list, or what the schema then complains about.
 * @throws InvalidInputError when these are too many, or a range runs backwards
 */
export function parseSeeds(text: string): unknown {
  if (/[,-]/.test(text.trim().slice(1))) return text.replace(/,\s*$/, "").split(",").flatMap(parsePart);
  const count = numberOrText(text);
  if (typeof count !== "number" || count <= MOST_SEEDS) return count;
  throw new InvalidInputError(
    `--seeds ${text} asks for the seeds 1 to ${text}; there may be ${formatCount(MOST_SEEDS)} at most. For that seed ` +
      `alone write --seeds ${text},`,
  );
}

function parsePart(text: string): unknown {
  const range = /^\s*(\d+)-(\d+)\s*$/.exec(text);
  if (range === null) return numberOrText(text);
  const [first, last] = range.slice(1).map(Number);
  const count = last - first + 1;
  if (count >= 1 && count <= MOST_SEEDS) return Array.from({ length: count }, (_, i) => first + i);
  throw new InvalidInputError(
    `--seeds ${text}: a range goes from the lower seed to the higher, such as 4-9, and has ` +
      `${formatCount(MOST_SEEDS)} seeds at most`,
  );
}
