/**
 * TRPO with one learner an agent. On the agents' own views this is the paper's Independent TRPO; on the central view,
 * where one agent sees the state, plays all heads and is paid the sum, it is its Centralised TRPO
 * (Li & He 2020, section VI). docs/algorithms/trpo.md.
 */
import { sharedArena } from "../../kernels/arena.ts";
import type { Arena } from "../../kernels/memory.ts";
import { Stopwatch } from "../../profiling/stopwatch.ts";
import type { Batch } from "../../rollouts/batch.ts";
import type { Actions, Situation } from "../../rollouts/joint-policy.ts";
import { presentRows } from "../../rollouts/presence.ts";
import type { Random } from "../../tensor/random.ts";
import type { Algorithm, AlgorithmState, PolicyMetrics, TaskShape } from "../algorithm.ts";
import { allOrNothing } from "../all-or-nothing.ts";
import { estimateAll, loadAgents, saveAgents } from "../trust-region/agent.ts";
import { refusedStep } from "../trust-region/refused-step.ts";
import { type StepData, TrpoAgent, type TrpoStep } from "./agent.ts";
import type { TrpoSettings } from "./options.ts";

/** Where an agent's heads stand in the joint action. */
interface Columns {
  readonly first: number;
  readonly count: number;
}

export class TrpoAlgorithm implements Algorithm {
  readonly id: string;
  readonly settings: TrpoSettings;
  readonly agents: readonly TrpoAgent[];
  readonly #arena: Arena;
  readonly #columns: readonly Columns[];
  /** Heads of the joint action. */
  readonly #heads: number;
  /** δ of each learner. */
  readonly #maxKl: number;

  /** @param random the run's stream; everything the algorithm draws is derived from it. */
  constructor(
    id: string,
    task: TaskShape,
    settings: TrpoSettings,
    random: Random,
    arena: Arena = sharedArena(),
  ) {
    const { maxKl, divideMaxKl } = settings;
    const choices = Math.max(...task.headSizes.flat());
    this.id = id;
    this.settings = settings;
    this.#arena = arena;
    this.agents = task.agents.map((name, i) => {
      const headSizes = task.headSizes[i];
      const heads = { headSizes, first: 0, count: headSizes.length };
      const noise = { random: random.derive("shared-noise"), choices };
      return new TrpoAgent(name, task.observationSizes[i], heads, settings, random.derive("agent", i), noise);
    });
    let first = 0;
    this.#columns = task.headSizes.map(({ length: count }) => {
      first += count;
      return { first: first - count, count };
    });
    this.#heads = first;
    this.#maxKl = divideMaxKl ? maxKl / task.agents.length : maxKl;
  }

  act({ observations, rows }: Situation, actions: Actions, deterministic: boolean): void {
    for (const [i, agent] of this.agents.entries()) {
      const { first, count } = this.#columns[i];
      const own = new Int32Array(rows * count);
      agent.act(this.#arena, observations[i], rows, own, deterministic);
      for (let row = 0; row < rows; row++) {
        for (let k = 0; k < count; k++) actions[row * this.#heads + first + k] = own[row * count + k];
      }
    }
  }

  update(batch: Batch, stopwatch = new Stopwatch()): PolicyMetrics {
    return allOrNothing(this, () => this.#update(batch, stopwatch));
  }

  sampleFrom(random: Random): void {
    for (const [i, agent] of this.agents.entries()) agent.sampleFrom(random, i);
  }

  save(): AlgorithmState {
    return saveAgents(this.agents);
  }

  load(state: AlgorithmState): void {
    loadAgents(this.agents, state);
  }

  #update(batch: Batch, stopwatch: Stopwatch): PolicyMetrics {
    const estimates = stopwatch.measure("values", () => estimateAll(this.agents, this.#arena, batch));
    const present = this.agents.map((_, i) => this.#presentData(batch, i, estimates[i].advantages));
    const steps = this.agents.map((agent, i) =>
      agent.improve(this.#arena, present[i], this.#maxKl, stopwatch),
    );
    for (const [i, agent] of this.agents.entries()) agent.policy.parameters = steps[i].parameters;
    const explainedVariance = estimates.map((estimate) => estimate.explainedVariance);
    return { ...this.#report(steps, present), explainedVariance };
  }

  /** Of the rows in which agent i is there. @param advantages [rows] */
  #presentData(batch: Batch, i: number, advantages: Float32Array): StepData {
    const { observations, alive } = batch.agents[i];
    const actions = ownActions(batch, this.#columns[i], this.#heads);
    return {
      observations: presentRows(observations, alive, observations.length / batch.rows),
      actions: presentRows(actions, alive, this.#columns[i].count),
      advantages: presentRows(advantages, alive),
    };
  }

  #report(
    steps: readonly TrpoStep[],
    present: readonly StepData[],
  ): Omit<PolicyMetrics, "explainedVariance"> {
    const rejected = this.agents.filter((_, i) => steps[i].scale === 0 && present[i].advantages.length > 0);
    return {
      kl: steps.map(({ kl }) => kl),
      jointKl: steps.reduce((sum, { kl }) => sum + kl, 0),
      entropy: steps.map(({ entropy }) => entropy),
      warnings: rejected.map(({ name }) => refusedStep(name)),
      details: {
        stepScale: steps.map(({ scale }) => scale),
        solverResidual: steps.map(({ statistics }) => statistics.residual),
        fisherProducts: steps.map(({ statistics }) => statistics.fisherProducts),
      },
    };
  }
}

/** [rows, heads of one agent]. */
function ownActions({ actions, rows }: Batch, { first, count }: Columns, heads: number): Int32Array {
  const own = new Int32Array(rows * count);
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < count; k++) own[row * count + k] = actions[row * heads + first + k];
  }
  return own;
}
