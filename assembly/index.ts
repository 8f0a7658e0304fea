/** The kernels' ABI and nothing else; src/kernels/abi.ts describes every function. */

export { fisherProductF32 } from "./fisher";
export { heapBase } from "./heap";
export { denseF32, matmulF32, matmulScratchBytes, matmulTransposeAF32, matmulTransposeBF32 } from "./matmul";
export { mlpBackwardF32, mlpForwardF32, mlpScratchBytes, mlpTangentF32 } from "./mlp";
