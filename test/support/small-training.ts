/** Options of the policy-optimisation family with which small worlds are learned in a second. */
export const smallTraining = {
  stepsPerIteration: 200,
  environmentCopies: 10,
  hiddenSizes: [16],
  inputNorm: false, // of observations of one number it would leave nothing
  criticLearningRate: 0.01,
  threads: 1,
  seed: 1,
};
