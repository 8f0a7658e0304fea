/** The kernels' ABI and nothing else; src/kernels/abi.ts describes every function. */

export { adamF32 } from "./adam";
export { linkTargetF32, linkUpdateF32 } from "./admm";
export { advantageScanF32 } from "./advantages";
export { headsEntropyF32, headsGatherF32, headsKlF32, headsSampleF32 } from "./categorical";
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
export { fisherProductF32 } from "./fisher";
export { heapBase } from "./heap";
export { denseF32, matmulF32, matmulScratchBytes, matmulTransposeAF32, matmulTransposeBF32 } from "./matmul";
export { mlpBackwardF32, mlpForwardF32, mlpScratchBytes, mlpTangentF32 } from "./mlp";
export {
  allFiniteF32,
  columnSumsF32,
  combineF32,
  dotF32,
  projectF32,
  rowSumsF32,
  sumF32,
} from "./reduce";
export { headsLogSoftmaxF32, headsMetricF32, headsScoreF32, headsScoreTransposeF32 } from "./softmax";
