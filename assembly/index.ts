/** The kernels' ABI and nothing else; src/kernels/abi.ts describes every function. */

export { adamF32 } from "./adam";
export { linkTargetF32, linkUpdateF32 } from "./admm";
export { advantageScanF32 } from "./advantages";
export { headsEntropyF32, headsGatherF32, headsKlF32, headsSampleF32 } from "./categorical";
export { symmetricEigenF64, symmetricEigensF64 } from "./eigen";
export {
  activateF32,
  activationGradientF32,
  addF32,
  axpyF32,
  cosF32,
  divideF32,
  expF32,
  fillF32,
  logF32,
  multiplyF32,
  scaleF32,
  sinF32,
  subtractF32,
  tanhF32,
} from "./elementwise";
export { fisherBlocksF32, fisherProductF32 } from "./fisher";
export { mlpFitF32, mlpFitRunsF32, mlpFitScratchBytes } from "./fit";
export { gatherRowsF32 } from "./gather";
export { gruGatesF32, gruGradientF32 } from "./gru";
export { heapBase } from "./heap";
export { layerNormF32, layerNormGradientF32 } from "./layer-norm";
export {
  denseF32,
  matmulF32,
  matmulScratchBytes,
  matmulTransposeAF32,
  matmulTransposeATileF32,
  matmulTransposeBF32,
} from "./matmul";
export { mlpForwardF32, mlpForwardRowsF32, mlpTangentF32, mlpTangentRowsF32 } from "./mlp";
export { mlpBackwardBlocksF32, mlpBackwardF32 } from "./mlp-gradient";
export { mlpScratchBytes } from "./mlp-layout";
export {
  addVectorsF32,
  allFiniteF32,
  columnSumsF32,
  combineF32,
  combineStridedF32,
  dotF32,
  projectF32,
  rowSumsF32,
  sumF32,
} from "./reduce";
export { headsLogSoftmaxF32, headsMetricF32, headsScoreF32, headsScoreTransposeF32 } from "./softmax";
