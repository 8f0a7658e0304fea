/** Marlstone's public face: `marlstone`. Beside it stand `marlstone/theory` (theory/theory.ts) and `marlstone/viewer` (viewer/viewer.ts). */
export type { Algorithm, AlgorithmState, TaskShape, UpdateMetrics } from "./algorithms/algorithm.ts";
export type { LinkMessage, LinkRecorder } from "./algorithms/matrpo/link.ts";
export type { MatrpoOptions } from "./algorithms/matrpo/options.ts";
export { complete, line, ring, star, type Topology, topology } from "./algorithms/matrpo/topology.ts";
export type { A2poOptions } from "./algorithms/policy-optimisation/a2po.ts";
export type { CoppoOptions } from "./algorithms/policy-optimisation/coppo.ts";
export type { HappoOptions } from "./algorithms/policy-optimisation/happo.ts";
export type { HatrpoOptions } from "./algorithms/policy-optimisation/hatrpo.ts";
export type { IppoOptions } from "./algorithms/policy-optimisation/ippo.ts";
export type { MappoOptions } from "./algorithms/policy-optimisation/mappo.ts";
export type { QmixOptions } from "./algorithms/qmix/options.ts";
export type { TrpoCentralOptions, TrpoIndependentOptions } from "./algorithms/trpo/options.ts";
export { type DerivativeOptions, grad, hvp, jvp, valueAndGrad, vjp } from "./autodiff/derivatives.ts";
export * as ops from "./autodiff/ops.ts";
export type { Constant, Operand } from "./autodiff/tape.ts";
export type { Like, Placed, Plain, Tensors, Values } from "./autodiff/tree.ts";
export {
  type FromParallelOptions,
  fromParallel,
  type ParallelAction,
  toParallel,
} from "./environments/adapters.ts";
export { type CheckOptions, checkEnvironment } from "./environments/check.ts";
export {
  type AsyncVecEnv,
  type Drawing,
  type EnvironmentDefinition,
  type EnvironmentInstance,
  type EnvironmentSpec,
  type Info,
  type MaybePromise,
  type ParallelEnv,
  type ParallelStep,
  type PerAgent,
  type Shape,
  StepOutcome,
  type VecBatch,
  type VecEnv,
} from "./environments/environment.ts";
export { levelBasedForaging } from "./environments/foraging/level-based.ts";
export type { ForagingOptions } from "./environments/foraging/options.ts";
export type { ForagingState, Thing as ForagingThing } from "./environments/foraging/saved-state.ts";
export { type DifferentialOptions, differentialGame } from "./environments/matrix/differential.ts";
export { type GameOptions, matrixGame, type Payoff } from "./environments/matrix/game.ts";
export { type HalfHalfOptions, halfHalf } from "./environments/matrix/half-half.ts";
export type { OneShotState } from "./environments/matrix/one-shot.ts";
export { antiCoordination, climbing, type PenaltyOptions, penalty } from "./environments/matrix/payoffs.ts";
export { type TwoStepState, twoStep } from "./environments/matrix/two-step.ts";
export type { MpeState } from "./environments/mpe/saved-state.ts";
export { type MpeSimpleOptions, mpeSimple } from "./environments/mpe/simple.ts";
export { type SimpleAdversaryOptions, simpleAdversary } from "./environments/mpe/simple-adversary.ts";
export { type SimpleCryptoOptions, simpleCrypto } from "./environments/mpe/simple-crypto.ts";
export { type SimplePushOptions, simplePush } from "./environments/mpe/simple-push.ts";
export { type SimpleReferenceOptions, simpleReference } from "./environments/mpe/simple-reference.ts";
export {
  type SimpleSpeakerListenerOptions,
  simpleSpeakerListener,
} from "./environments/mpe/simple-speaker-listener.ts";
export { type SimpleSpreadOptions, simpleSpread } from "./environments/mpe/simple-spread.ts";
export { type SimpleTagOptions, simpleTag } from "./environments/mpe/simple-tag.ts";
export { type SimpleWorldCommOptions, simpleWorldComm } from "./environments/mpe/simple-world-comm.ts";
export {
  cooperativeNavigation,
  type NavigationOptions,
  type NavigationState,
} from "./environments/particle/cooperative-navigation.ts";
export type { Point } from "./environments/particle/points.ts";
export type { Treasure, TreasureState } from "./environments/particle/treasure/saved-state.ts";
export { type TreasureOptions, treasureCollection } from "./environments/particle/treasure-collection.ts";
export { makeEnvironment } from "./environments/registry.ts";
export {
  type Bound,
  type Box,
  box,
  type Discrete,
  discrete,
  type MultiDiscrete,
  multiDiscrete,
  type Space,
} from "./environments/spaces.ts";
export type { TabularGame } from "./environments/tabular/game.ts";
export {
  randomTabular,
  type TabularDefinition,
  type TabularOptions,
  type TabularState,
} from "./environments/tabular/random.ts";
export {
  type SavedCopy,
  type VectorisedEnv,
  type VectoriseOptions,
  vectorise,
} from "./environments/vectorise.ts";
export { Random } from "./tensor/random.ts";
export type { NdArray, Tensor } from "./tensor/tensor.ts";
export type { EnvironmentSource, ParallelSource } from "./training/environment-source.ts";
export type { EvaluateOptions, Evaluation, Statistic } from "./training/evaluate.ts";
export { Matrpo } from "./training/matrpo.ts";
export type { EvaluationMetrics, IterationMetrics } from "./training/metrics.ts";
export type { LearnOptions, Model, ModelOptions } from "./training/model.ts";
export { openRun } from "./training/open-run.ts";
export type { SavedSource } from "./training/open-saved.ts";
export { A2po, Coppo, Happo, Hatrpo, Ippo, Mappo } from "./training/policy-optimisation.ts";
export type { PredictedAction, PredictOptions } from "./training/predictor.ts";
export { Qmix } from "./training/qmix.ts";
export type { RecordOptions } from "./training/record-episode.ts";
export { TensorBoardWriter } from "./training/tensorboard.ts";
export { TrpoCentral, TrpoIndependent } from "./training/trpo.ts";
export { version } from "./training/version.ts";
export {
  CheckpointError,
  FileError,
  InvalidInputError,
  NonFiniteError,
  OutOfMemoryError,
  ThreadError,
} from "./validation/errors.ts";
export type { Episode } from "./viewer/episode.ts";
