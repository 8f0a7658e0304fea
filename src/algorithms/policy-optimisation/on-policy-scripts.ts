/** What the scripts of the MAPPO authors set, for MAPPO and IPPO alike. */
import type { FamilySettings } from "./options.ts";

/** For MPE: 128 copies of 25 steps, networks of two layers of 64 and a memory. */
export const onPolicyScripts: Partial<FamilySettings> = {
  stepsPerIteration: 3200,
  environmentCopies: 128,
  hiddenSizes: [64, 64],
  activation: "tanh",
  agentNumbers: false,
  recurrent: true,
  recurrentCritics: true,
  chunkLength: 5, // their 10 does not divide 25
  learningRate: 7e-4,
  criticLearningRate: 7e-4,
  epochs: 10,
  criticEpochs: 10,
};
