/**
 * The trainer of IPPO, MAPPO, CoPPO, HAPPO, HATRPO and A2PO, which are settings of its pieces: judge a batch, improve the
 * policies, fit the critics.
 */
import { sharedArena } from "../../kernels/arena.ts";
import type { Arena } from "../../kernels/memory.ts";
import { scheduledRate } from "../../optim/schedule.ts";
import { Stopwatch } from "../../profiling/stopwatch.ts";
import { explainedVariance } from "../../rollouts/advantages.ts";
import type { Batch } from "../../rollouts/batch.ts";
import type { Actions, Situation } from "../../rollouts/joint-policy.ts";
import { presentRows } from "../../rollouts/presence.ts";
import type { Random } from "../../tensor/random.ts";
import type { Algorithm, AlgorithmState, PolicyMetrics, TaskShape } from "../algorithm.ts";
import { allOrNothing } from "../all-or-nothing.ts";
import { refusedStep } from "../trust-region/refused-step.ts";
import { Critic, type FitReport, type Judgement } from "./critic.ts";
import { criticPlans, viewOf } from "./critic-views.ts";
import type { Estimate } from "./estimates.ts";
import { actionColumns, type Columns, Policy } from "./policy.ts";
import { improve } from "./schedules.ts";
import { requireWholeChunks } from "./sequences.ts";
import { sharingGroups } from "./sharing.ts";
import { StepStatistics } from "./statistics.ts";
import { TeamAdvantages } from "./team-advantages.ts";
import { TeamBatch } from "./team-batch.ts";
import type { TrainerSettings } from "./update.ts";

/** An algorithm of the family, which one is a matter of settings. */
export class PolicyOptimisation implements Algorithm {
  readonly id: string;
  readonly settings: TrainerSettings;
  readonly headline: readonly string[];
  readonly policies: readonly Policy[];
  readonly critics: readonly Critic[];
  readonly #arena: Arena;
  readonly #names: readonly string[];
  readonly #columns: readonly Columns[];
  readonly #learning: Random;
  /** Sentences on actions that no mean can come to. */
  readonly #unreachable: readonly string[];
  #updates = 0;

  /** @param random the run's stream; everything the algorithm draws is derived from it. */
  constructor(
    id: string,
    task: TaskShape,
    settings: TrainerSettings,
    random: Random,
    arena: Arena = sharedArena(),
  ) {
    const { recurrent, recurrentCritics, stepsPerIteration, environmentCopies, chunkLength } = settings;
    if (recurrent || recurrentCritics) requireWholeChunks(stepsPerIteration, environmentCopies, chunkLength);
    this.id = id;
    this.settings = settings;
    this.headline = [
      "entropy",
      settings.step === "clip" ? "clipFraction" : "stepScale",
      "explainedVariance",
      settings.schedule === "sequential" ? "order" : "valueLoss",
    ];
    this.#arena = arena;
    this.#names = task.agents;
    this.#columns = actionColumns(task);
    this.#learning = random.derive("learning");
    this.#unreachable = unreachableActions(task, settings);
    this.policies = sharingGroups(task, settings.sharing).map(
      (agents) => new Policy(task, agents, settings, random),
    );
    this.critics = criticPlans(task, settings).map((plan) => new Critic(task, plan, settings, random));
  }

  get memorySize(): number {
    return this.policies.reduce((sum, { memorySize, agents }) => sum + memorySize * agents.length, 0);
  }

  act(situation: Situation, actions: Actions, deterministic: boolean): void {
    for (const policy of this.policies) {
      policy.act(this.#arena, situation, this.#columns, actions, deterministic);
    }
  }

  update(batch: Batch, stopwatch = new Stopwatch()): PolicyMetrics {
    return allOrNothing(this, () => this.#update(batch, stopwatch));
  }

  #update(batch: Batch, stopwatch: Stopwatch): PolicyMetrics {
    const { settings } = this;
    const arena = this.#arena;
    const random = this.#learning;
    const share = this.#share();
    const alive = batch.agents.map((agent) => agent.alive);
    const judgements = stopwatch.measure("values", () =>
      this.critics.map((critic) => critic.judge(arena, batch)),
    );
    const estimates = this.#estimates(judgements);
    const advantages = new TeamAdvantages(estimates, alive, settings);
    const advantageMean = advantages.means();
    const variances = this.#explained(estimates, advantages, alive);
    const statistics = new StepStatistics(batch.agents.length);
    const tied = this.#updates === 0 && advantages.scores().every((score, _, [first]) => score === first);
    const { change, order } = stopwatch.measure("gradients", () => {
      const team = new TeamBatch(arena, this.policies, this.#columns, batch, settings.chunkLength);
      const refresh =
        settings.refreshValues === "none"
          ? undefined
          : (agents: readonly number[]) => this.#refresh(agents, batch, judgements, advantages, share);
      const order = improve({ arena, settings, team, advantages, statistics, random, share, refresh });
      return { change: team.changes(arena), order };
    });
    const fits = stopwatch.measure("values", () =>
      this.critics.map((critic, i) => this.#fit(critic, judgements[i], advantages, alive, share)),
    );
    this.#updates++;
    return {
      ...change,
      jointKl: change.kl.reduce((sum, kl) => sum + kl, 0),
      explainedVariance: variances,
      warnings: [...this.#warnings(statistics), ...this.#settingWarnings(share, tied)],
      details: {
        ...statistics.report(),
        ...(order.length > 0 && { order }),
        advantageMean,
        advantageSize: advantages.scores(),
        ...(settings.corrected && { correction: advantages.corrections() }),
        valueLoss: fits.map(({ loss }) => loss),
        valueGradientNorm: fits.map(({ gradientNorm }) => gradientNorm),
        ...(settings.step === "clip" && { learningRate: share * settings.learningRate }),
      },
    };
  }

  #warnings(statistics: StepStatistics): string[] {
    return statistics.refused.map((agent) => refusedStep(this.#names[agent]));
  }

  /** Settings that do nothing, said once. @param tied all agents had the same score before the update */
  #settingWarnings(share: number, tied: boolean): string[] {
    const { order, schedule, step, learningRateIterations, valueMasks, teamReward } = this.settings;
    const unlearnt = valueMasks && teamReward !== "own" && this.critics.some(({ plan }) => !plan.common);
    const ranked = schedule === "sequential" && (order === "greedy" || order === "semi-greedy");
    const drawn = tied && this.#names.length > 1 && !this.#ranksLater();
    return [
      ...(this.#updates === 1 ? this.#unreachable : []),
      ...(this.#updates === 1 && ranked && drawn
        ? [
            `order is "${order}", but all agents have the same advantages, as one critic on the state alone gives them while ` +
              'nobody leaves: every choice is a tie and drawn. Set criticSharing to "separate", or order to "random".',
          ]
        : []),
      ...(this.#updates === 1 && unlearnt && this.#names.length > 1
        ? [
            `valueMasks is true, but teamReward is "${teamReward}": what the team is paid after an agent has left counts in the ` +
              "agent's advantages by values that no critic then learns. Set valueMasks to false, or teamReward to " +
              '"own"; without effect while nobody leaves.',
          ]
        : []),
      ...(share === 0 && this.#updates === learningRateIterations + 1
        ? [
            `learning rates are 0 after ${learningRateIterations} iterations, as learningRateIterations says: from here on ` +
              (step === "clip"
                ? "nothing is learned."
                : "critics learn nothing; policies go on, since trust-region steps have no learning rate."),
          ]
        : []),
    ];
  }

  /** Whether agents of equal scores part within an update: blocks are corrected at different times. */
  #ranksLater(): boolean {
    const { corrected, cumulativeBlocks } = this.settings;
    const inBlocks = this.policies.some(({ agents }) => agents.length > 1);
    return inBlocks && corrected && !cumulativeBlocks;
  }

  /** [agents] what each agent's critic makes of its situation. */
  #estimates(judgements: readonly Judgement[]): Estimate[] {
    const estimates: Estimate[] = [];
    for (const [i, { plan }] of this.critics.entries()) {
      for (const agent of plan.agents) estimates[agent] = judgements[i].estimates[viewOf(plan, agent)];
    }
    return estimates;
  }

  /** Fits the critics of these agents to their advantages as they stand, and takes the values that they then give. */
  #refresh(
    agents: readonly number[],
    batch: Batch,
    judgements: readonly Judgement[],
    advantages: TeamAdvantages,
    share: number,
  ): void {
    const which = this.settings.refreshValues === "all" ? "all" : "cuts";
    const alive = batch.agents.map((agent) => agent.alive);
    for (const [i, critic] of this.critics.entries()) {
      const { plan } = critic;
      const concerned = agents.filter((agent) => plan.agents.includes(agent));
      if (concerned.length === 0) continue;
      this.#fit(critic, judgements[i], advantages, alive, share);
      const estimates = critic.judgeAgain(this.#arena, batch, judgements[i], which);
      for (const agent of concerned) advantages.refresh(agent, estimates[viewOf(plan, agent)]);
    }
  }

  /** [agents] over the rows in which the agent was there; of a common view, in which anybody was. */
  #explained(
    estimates: readonly Estimate[],
    advantages: TeamAdvantages,
    alive: readonly Uint8Array[],
  ): number[] {
    const explained: number[] = [];
    for (const { plan } of this.critics) {
      const anybody = plan.common ? somebody(alive) : undefined;
      for (const agent of plan.agents) {
        const rows = anybody ?? alive[agent];
        const values = presentRows(estimates[agent].values, rows);
        explained[agent] = explainedVariance(values, presentRows(advantages.returns(agent), rows));
      }
    }
    return explained;
  }

  /** Fits a critic to what its agents' advantages stand at; a common view learns their mean. */
  #fit(
    critic: Critic,
    judgement: Judgement,
    advantages: TeamAdvantages,
    alive: readonly Uint8Array[],
    share: number,
  ): FitReport {
    const { agents, common } = critic.plan;
    const returns = agents.map((agent) => advantages.returns(agent));
    const present = agents.map((agent) => alive[agent]);
    const random = this.#learning;
    if (!common) return critic.fit(this.#arena, judgement, returns, present, share, random);
    const mean = returns[0].map((_, row) => returns.reduce((sum, own) => sum + own[row], 0) / returns.length);
    return critic.fit(this.#arena, judgement, [mean], [somebody(present)], share, random);
  }

  /** What the schedule leaves of learning rates. */
  #share(): number {
    const { learningRateIterations } = this.settings;
    if (learningRateIterations === 0) return 1;
    return scheduledRate("linear", 1, this.#updates / learningRateIterations);
  }

  sampleFrom(random: Random): void {
    for (const policy of this.policies) policy.sampleFrom(random);
  }

  save(): AlgorithmState {
    const states = [
      ...this.policies.map((policy, i) => policy.save(`policies.${i}.`)),
      ...this.critics.map((critic, i) => critic.save(`critics.${i}.`)),
    ];
    return {
      tensors: Object.assign({}, ...states.map(({ tensors }) => tensors)),
      facts: Object.assign(
        { learning: this.#learning.saveState(), updates: this.#updates },
        ...states.map(({ facts }) => facts),
      ),
    };
  }

  load(state: AlgorithmState): void {
    for (const [i, policy] of this.policies.entries()) policy.load(`policies.${i}.`, state);
    for (const [i, critic] of this.critics.entries()) critic.load(`critics.${i}.`, state);
    this.#learning.loadState(state.facts.learning as number[]);
    this.#updates = state.facts.updates as number;
  }
}

/** [rows], 1 where anybody was there. @param alive [agents] of [rows] */
function somebody(alive: readonly Uint8Array[]): Uint8Array {
  return alive[0].map((_, row) => Math.max(...alive.map((own) => own[row])));
}

/** Means that are a tanh stay between −1 and 1. */
function unreachableActions({ agents, bounds = [] }: TaskShape, { meanForm }: TrainerSettings): string[] {
  if (meanForm === "linear") return [];
  const agent = bounds.findIndex(({ low, high }) => [...low, ...high].some((bound) => Math.abs(bound) > 1));
  if (agent < 0) return [];
  return [
    `${agents[agent]} has actions beyond −1 and 1, between which meanForm "tanh" keeps their means; set meanForm to "linear", ` +
      "or scale the actions.",
  ];
}
