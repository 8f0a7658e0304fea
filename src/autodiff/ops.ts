/** The operations that users differentiate through, exported as `ops`. */
export { type GruOperands, gru } from "./gru.ts";
export { entropy, klDivergence, logProb, logSoftmax, softmaxEntropy } from "./heads.ts";
export { type LayerNormOptions, layerNorm } from "./layer-norm.ts";
export { dense, matmul } from "./linear.ts";
export {
  abs,
  activate,
  add,
  clip,
  constant,
  cos,
  divide,
  elu,
  exp,
  greater,
  log,
  maximum,
  minimum,
  multiply,
  negate,
  relu,
  scale,
  selu,
  sigmoid,
  sin,
  sqrt,
  square,
  stopGradient,
  subtract,
  tanh,
  where,
} from "./operations.ts";
export {
  broadcast,
  concat,
  gather,
  mean,
  pad,
  reshape,
  scatter,
  slice,
  sum,
  sumTo,
  unpack,
} from "./shaping.ts";
