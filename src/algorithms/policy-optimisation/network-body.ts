/** The layers that policies and critics have in common, by the settings. */
import type { NetworkShape } from "../../nn/network.ts";
import type { FamilySettings } from "./options.ts";

const MEMORY_WITHOUT_LAYERS = 64;

/**
 * All of a network but what comes out.
 * @param recurrent whether it remembers the episode, in a GRU as wide as the last hidden layer
 */
export function networkBody(
  { hiddenSizes, activation, inputNorm, hiddenNorm }: FamilySettings,
  inputSize: number,
  recurrent: boolean,
): Omit<NetworkShape, "outputSize"> {
  return {
    inputSize,
    hiddenSizes,
    activation,
    inputNorm: inputNorm && inputSize > 1, // of a single number nothing would be left
    hiddenNorm,
    ...(recurrent && { recurrentSize: hiddenSizes.at(-1) ?? MEMORY_WITHOUT_LAYERS }),
  };
}
