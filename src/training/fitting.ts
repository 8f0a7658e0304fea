/** Sizes that no memory holds end in the engine's own words; they are the sizes of somebody's options. */
import type { SamplingSettings } from "../algorithms/registry.ts";
import { InvalidInputError } from "../validation/errors.ts";
import { formatValue } from "../validation/format.ts";

/** Options on which the sizes of arrays depend, beside the environment. */
const SIZES = [
  "stepsPerIteration",
  "environmentCopies",
  "hiddenSizes",
  "hiddenSize",
  "mixingSize",
  "hypernetSize",
];

/**
 * Runs what makes the arrays of a training.
 * @throws InvalidInputError naming the options that decide how large they are, when one is larger than can be
 */
export function fitting<T>(settings: SamplingSettings, make: () => T): T {
  try {
    return make();
  } catch (error) {
    // Errors of ours are kinds of RangeError, too, and say more.
    if (!(error instanceof RangeError) || error.constructor !== RangeError) throw error;
    const sizes = Object.entries(settings).filter(([name]) => SIZES.includes(name));
    const listed = sizes.map(([name, value]) => `${name} ${formatValue(value)}`).join(", ");
    throw new InvalidInputError(
      `The arrays of this training are larger than can be (${listed}); lower these.`,
      {
        cause: error,
      },
    );
  }
}
