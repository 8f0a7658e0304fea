/**
 * Evaluation between iterations: the same episodes each time, so that differences are the policy's, on copies
 * of their own, so that learning does not move by a bit.
 */
import type { AsyncVecEnv } from "../environments/environment.ts";
import { Stopwatch } from "../profiling/stopwatch.ts";
import { Random } from "../tensor/random.ts";
import { InvalidInputError } from "../validation/errors.ts";
import { type Evaluation, evaluate } from "./evaluate.ts";
import type { Learner } from "./learner.ts";
import type { EvaluationMetrics, IterationMetrics } from "./metrics.ts";

export interface EvaluationPlan {
  /** Iterations between two evaluations; 0: none. @defaultValue 0 */
  readonly evaluateEvery: number;
  /** Episodes of an evaluation. @defaultValue 32 */
  readonly evaluateEpisodes: number;
  /** Evaluate with the likeliest actions instead of sampled ones. @defaultValue true */
  readonly evaluateDeterministic: boolean;
}
export const evaluationDefaults: EvaluationPlan = {
  evaluateEvery: 0,
  evaluateEpisodes: 32,
  evaluateDeterministic: true,
};

/** The seed of the episodes that a run is evaluated on. @param seed the run's */
export const evaluationSeed = (seed: number): number => Random.fromSeed(seed).derive("evaluation").u32();

export class PeriodicEvaluation {
  readonly #learner: Learner;
  readonly #open: (copies: number) => AsyncVecEnv;
  readonly #seed: number;
  readonly #plan: EvaluationPlan;

  /**
   * @param open makes fresh copies of the environment
   * @param seed the run's
   * @throws InvalidInputError for an impossible plan
   */
  constructor(learner: Learner, open: (copies: number) => AsyncVecEnv, seed: number, plan: EvaluationPlan) {
    for (const [name, least] of [
      ["evaluateEvery", 0],
      ["evaluateEpisodes", 1],
    ] as const) {
      if (Number.isSafeInteger(plan[name]) && plan[name] >= least) continue;
      throw new InvalidInputError(`${name} is ${plan[name]}; it must be an integer of at least ${least}`);
    }
    this.#learner = learner;
    this.#open = open;
    this.#seed = evaluationSeed(seed);
    this.#plan = plan;
  }

  /**
   * Evaluates when it is time, and adds what came of it to the line. When that is depends on the iteration alone:
   * how far somebody wants to train, which may change, must show in no file.
   * @throws as `evaluate`
   */
  async add(line: IterationMetrics): Promise<IterationMetrics> {
    const { evaluateEvery, evaluateEpisodes, evaluateDeterministic } = this.#plan;
    if (evaluateEvery === 0 || line.iteration % evaluateEvery !== 0) return line;
    const stopwatch = new Stopwatch("evaluation");
    const options = { episodes: evaluateEpisodes, seed: this.#seed, deterministic: evaluateDeterministic };
    const { algorithm, environment } = this.#learner;
    const evaluation = summary(await evaluate(algorithm, this.#open, options), environment.spec.agents);
    const time = stopwatch.read().evaluation ?? 0;
    const { total, phases } = line.seconds;
    const seconds = { ...line.seconds, total: total + time, phases: { ...phases, evaluation: time } };
    return { ...line, evaluation, seconds };
  }
}

function summary(
  { episodes, return: team, agentReturns, length, metrics }: Evaluation,
  agents: readonly string[],
): EvaluationMetrics {
  const means = Object.entries(metrics).map(([name, { mean }]) => [name, mean]);
  return {
    return: team.mean,
    standardError: team.standardError,
    agentReturns: agents.map((agent) => agentReturns[agent].mean),
    length: length.mean,
    episodes,
    metrics: Object.fromEntries(means),
  };
}
