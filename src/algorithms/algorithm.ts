/** What every algorithm offers to training: it acts, learns from a batch and saves itself. It never sees an environment. */
import type { NamedTensor } from "../nn/parameters.ts";
import type { Stopwatch } from "../profiling/stopwatch.ts";
import type { Batch } from "../rollouts/batch.ts";
import type { JointPolicy } from "../rollouts/joint-policy.ts";
import type { Random } from "../tensor/random.ts";
import type { LinkNetwork } from "./matrpo/link-network.ts";

/** The shape of the task, all that an algorithm may know of the environment before data arrive. */
export interface TaskShape {
  /** Names of the agents, in order. */
  readonly agents: readonly string[];
  readonly observationSizes: readonly number[];
  readonly action: "discrete" | "continuous";
  /** Choices of each head of each agent; [] for every agent when actions are continuous. */
  readonly headSizes: readonly (readonly number[])[];
  /** Heads (discrete) or dimensions (continuous) of each agent. */
  readonly actionSizes: readonly number[];
  /** Bounds of each dimension of each agent when actions are continuous. */
  readonly bounds?: readonly ActionBounds[];
  /** Whether some actions may be illegal at times. */
  readonly masked: boolean;
  /** Numbers in the central state; 0 when there is none. */
  readonly stateSize: number;
  /** Numbers of it that are one agent's own view, which end it one after another; 0 when there are none. */
  readonly agentStateSize: number;
}

export interface ActionBounds {
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** Named arrays (safetensors) beside small JSON facts; enough to continue to the same bits. */
export interface AlgorithmState {
  readonly tensors: Readonly<Record<string, NamedTensor>>;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** What an update reports. Arrays have one entry an agent; what an algorithm does not have is absent. */
export interface UpdateMetrics {
  /** Mean KL(old‖new) of each agent's policy, over all of its heads. */
  readonly kl?: readonly number[];
  /** Mean KL(old‖new) of the policy that acts, Πᵢ πⁱᵢ: what comparisons of algorithms hold equal. */
  readonly jointKl?: number;
  readonly entropy?: readonly number[];
  readonly explainedVariance?: readonly number[];
  /** Root mean square over links and samples of the disagreement in log-ratios (MATRPO). */
  readonly consensusResidual?: number;
  /** The same divided by √(2 maxKl), the size of log-ratios on the boundary of the trust region. */
  readonly relativeConsensusResidual?: number;
  /** Sentences a person should read now. */
  readonly warnings: readonly string[];
  /** Further measurements of the algorithm, by name. */
  readonly details?: Readonly<Record<string, number | readonly number[]>>;
}

/** What every update of an algorithm with a policy and a critic for each agent reports. */
export type PolicyMetrics = UpdateMetrics &
  Required<Pick<UpdateMetrics, "kl" | "entropy" | "explainedVariance">>;

export interface Algorithm extends JointPolicy {
  readonly id: string;
  /**
   * Up to four measurements that people watch while it learns, shown beside return and KL: names of `details`, or
   * "entropy" and "explainedVariance". @defaultValue none
   */
  readonly headline?: readonly string[];
  /** What agents that talk to each other talk through; absent where nothing crosses between them. */
  readonly links?: LinkNetwork;
  /**
   * Learns from a batch; throws NonFiniteError, parameters untouched, when numbers go wrong.
   * @param stopwatch told which phase is at work; what it is not told counts as "other".
   */
  update(batch: Batch, stopwatch?: Stopwatch): UpdateMetrics;
  /**
   * Draws actions from new streams below `random` from here on, whatever was drawn before; learning draws from its own as
   * ever. `load` puts back those of the state.
   */
  sampleFrom(random: Random): void;
  save(): AlgorithmState;
  load(state: AlgorithmState): void;
}
