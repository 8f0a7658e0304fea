/** Between the two faces of an environment: user-written `ParallelEnv` objects and batched `VecEnv`s. */
export { type FromParallelOptions, fromParallel } from "./from-parallel.ts";
export { type ParallelAction, toParallel } from "./to-parallel.ts";
