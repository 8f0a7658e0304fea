/**
 * MATRPO (Li & He 2020, algorithm 1): agents improve a shared joint policy inside a trust region while telling their
 * neighbours nothing of their experience but log-likelihood ratios and, by default, the scale of their advantages. One update: everyone estimates advantages and fits its value function
 * alone; advantages are brought to one scale; links are activated in turn (consensus.ts); everyone tests and takes
 * its own step. docs/math/matrpo.md, docs/algorithms/matrpo.md.
 */
import { sharedArena } from "../../kernels/arena.ts";
import type { Arena } from "../../kernels/memory.ts";
import { Stopwatch } from "../../profiling/stopwatch.ts";
import type { Batch } from "../../rollouts/batch.ts";
import type { Actions, Situation } from "../../rollouts/joint-policy.ts";
import type { Random } from "../../tensor/random.ts";
import { InvalidInputError } from "../../validation/errors.ts";
import { formatValue } from "../../validation/format.ts";
import { validate } from "../../validation/validate.ts";
import type { Algorithm, AlgorithmState, PolicyMetrics, TaskShape } from "../algorithm.ts";
import { allOrNothing } from "../all-or-nothing.ts";
import { estimateAll, loadAgents, saveAgents } from "../trust-region/agent.ts";
import type { PolicyUpdate } from "../trust-region/candidate-step.ts";
import { refusedStep } from "../trust-region/refused-step.ts";
import { normaliseAdvantages } from "./advantage-normalisation.ts";
import { type LinkEnd, MatrpoAgent, type Participation, type StepSettings } from "./agent.ts";
import { activate, consensusResidual, type MemberLink, memberLinks } from "./consensus.ts";
import { gossipRounds, metropolisWeight } from "./gossip.ts";
import { LinkNetwork } from "./link-network.ts";
import { type MatrpoOptions, type MatrpoSettings, matrpoSchema } from "./options.ts";
import { star, type Topology, topologies, topology } from "./topology.ts";
import { absences, disagreement, unsolved } from "./warnings.ts";

export class MatrpoAlgorithm implements Algorithm {
  readonly id = "matrpo";
  readonly settings: MatrpoSettings;
  readonly topology: Topology;
  readonly links: LinkNetwork;
  readonly agents: readonly MatrpoAgent[];
  readonly #arena: Arena;
  readonly #names: readonly string[];
  readonly #memberLinks: readonly MemberLink[];
  readonly #schedule: Random;
  readonly #gossipRounds: number;
  readonly #step: StepSettings;
  #toldAbsences = false;

  /**
   * @param options checked here; what is left out has the default of options.ts.
   * @param random the run's stream; everything the algorithm draws is derived from it.
   * @throws InvalidInputError naming the option, its value and what is allowed.
   */
  constructor(task: TaskShape, options: MatrpoOptions, random: Random, arena: Arena = sharedArena()) {
    this.settings = validate(matrpoSchema, options, "matrpo options");
    requireConsistent(this.settings);
    const count = task.agents.length;
    this.topology = chooseTopology(this.settings.topology, task.agents);
    this.links = new LinkNetwork(this.topology.links);
    this.agents = createAgents(task, this.links, this.settings, random);
    this.#arena = arena;
    this.#names = task.agents;
    this.#memberLinks = memberLinks(this.topology.links);
    this.#schedule = random.derive("link-order");
    this.#gossipRounds = gossipRounds(this.topology);
    const { maxKl, divideMaxKl, penalty, relativePenalty } = this.settings;
    const radius = divideMaxKl ? maxKl / count : maxKl;
    this.#step = { maxKl: radius, penalty: penalty ?? relativePenalty / Math.sqrt(2 * radius) };
  }

  act({ observations, rows }: Situation, actions: Actions, deterministic: boolean): void {
    for (const [i, agent] of this.agents.entries()) {
      agent.act(this.#arena, observations[i], rows, actions, deterministic);
    }
  }

  update(batch: Batch, stopwatch = new Stopwatch()): PolicyMetrics {
    return allOrNothing(this, () => this.#arena.scope(() => this.#update(batch, stopwatch)));
  }

  sampleFrom(random: Random): void {
    for (const [i, agent] of this.agents.entries()) agent.sampleFrom(random, i);
  }

  save(): AlgorithmState {
    const { tensors, facts } = saveAgents(this.agents);
    const told = this.#toldAbsences && { toldAbsences: true };
    return { tensors, facts: { linkOrder: this.#schedule.saveState(), ...told, ...facts } };
  }

  load(state: AlgorithmState): void {
    this.links.clear();
    loadAgents(this.agents, state);
    this.#schedule.loadState(state.facts.linkOrder as number[]);
    this.#toldAbsences = state.facts.toldAbsences === true;
  }

  #update(batch: Batch, stopwatch: Stopwatch): PolicyMetrics {
    const estimates = stopwatch.measure("values", () => estimateAll(this.agents, this.#arena, batch));
    const alive = batch.agents.map((own) => own.alive);
    const normalise = () =>
      this.#normalise(
        estimates.map((estimate) => estimate.advantages),
        alive,
      );
    const advantages = stopwatch.measure("exchange", normalise);
    const schedule = this.#drawSchedule();
    const join = () => this.#join(batch, advantages, schedule, stopwatch);
    const participations = stopwatch.measure("expansion", join);
    const residual = this.#seekConsensus(participations, schedule, stopwatch);

    const updates = stopwatch.measure("lineSearch", () => participations.map(({ finish }) => finish()));
    for (const [i, agent] of this.agents.entries()) agent.policy.parameters = updates[i].parameters;
    const explainedVariance = estimates.map((estimate) => estimate.explainedVariance);
    const report = this.#report(participations, updates, residual);
    return { ...report, explainedVariance, warnings: [...report.warnings, ...this.#tellAbsences(alive)] };
  }

  /** Once. @param alive [agents] of [rows] */
  #tellAbsences(alive: readonly Uint8Array[]): string[] {
    if (this.#toldAbsences) return [];
    const told = absences(this.#names, alive);
    this.#toldAbsences = told.length > 0;
    return told;
  }

  /** Activates the links of the schedule. @returns the disagreement that is left */
  #seekConsensus(
    participations: readonly Participation[],
    schedule: readonly MemberLink[],
    stopwatch: Stopwatch,
  ): number {
    const members = participations.map(({ member }) => member);
    for (const link of schedule) activate(members, link, stopwatch);
    if (schedule.length === 0) {
      for (const member of members) stopwatch.measure("solves", () => member.solve()); // an agent alone: plain TRPO
    }
    return stopwatch.measure("exchange", () => consensusResidual(members, this.#memberLinks));
  }

  #normalise(advantages: readonly Float32Array[], alive: readonly Uint8Array[]): Float32Array[] {
    const links = this.agents.map((_, agent) =>
      this.topology.links
        .filter((pair) => pair.includes(agent))
        .map(([i, j], place) => ({
          link: this.agents[agent].links[place].link,
          weight: metropolisWeight(this.topology, i, j),
        })),
    );
    return normaliseAdvantages(advantages, alive, this.settings.advantageNormalisation, {
      links,
      rounds: this.#gossipRounds,
    });
  }

  /** The links to activate, in order. */
  #drawSchedule(): MemberLink[] {
    const links = this.#memberLinks;
    if (links.length === 0) return [];
    const { admmIterations, linkOrder } = this.settings;
    return Array.from({ length: admmIterations ?? 4 * links.length }, (_, turn) =>
      linkOrder === "cyclic" ? links[turn % links.length] : links[this.#schedule.integer(links.length)],
    );
  }

  #join(
    batch: Batch,
    advantages: readonly Float32Array[],
    schedule: readonly MemberLink[],
    stopwatch: Stopwatch,
  ): Participation[] {
    const actions = this.#arena.place(batch.actions);
    return this.agents.map((agent, i) => {
      const solves = schedule.filter((link) => link.agents.includes(i)).length;
      const own = batch.agents[i];
      return agent.joinConsensus(
        this.#arena,
        batch,
        own,
        actions,
        advantages[i],
        Math.max(1, solves),
        this.#step,
        stopwatch,
      );
    });
  }

  #report(
    participations: readonly Participation[],
    updates: readonly PolicyUpdate[],
    residual: number,
  ): Omit<PolicyMetrics, "explainedVariance"> {
    const relative = residual / Math.sqrt(2 * this.#step.maxKl);
    const statistics = participations.map(({ solver }) => solver.statistics);
    const refused = this.#names.filter((_, i) => updates[i].scale === 0);
    return {
      kl: updates.map(({ kl }) => kl),
      jointKl: this.agents.reduce((sum, agent, i) => sum + ownKl(agent, updates[i]), 0),
      entropy: participations.map(({ entropy }) => entropy),
      consensusResidual: residual,
      relativeConsensusResidual: relative,
      warnings: [
        ...disagreement(relative, this.settings),
        ...unsolved(this.#names, statistics, this.settings),
        ...refused.map(refusedStep),
      ],
      details: {
        stepScale: updates.map(({ scale }) => scale),
        solverResidual: statistics.map((statistic) => statistic.residual),
        basisSize: statistics.map(({ basisSize }) => basisSize),
        scoreProducts: statistics.map(({ scoreProducts }) => scoreProducts),
        fisherProducts: statistics.map(({ fisherProducts }) => fisherProducts),
      },
    };
  }
}

/** KL of the heads that an agent acts with; the others are its estimates of its fellows. */
function ownKl({ policy }: MatrpoAgent, { headKl }: PolicyUpdate): number {
  const { first, count } = policy.heads;
  return headKl.subarray(first, first + count).reduce((sum, kl) => sum + kl, 0);
}

function requireConsistent({ activationLineSearch, exchange }: MatrpoSettings): void {
  if (!activationLineSearch || exchange === "nonlinear") return;
  throw new InvalidInputError(
    "matrpo options: activationLineSearch tests true log-ratios, exchange is linearised; " +
      'set exchange to "nonlinear" or leave activationLineSearch out',
  );
}

function chooseTopology(choice: MatrpoSettings["topology"], names: readonly string[]): Topology {
  const agents = names.length;
  if (typeof choice === "string") return topologies[choice](agents);
  if ("hub" in choice) return star(agents, findAgent(choice.hub, names));
  const checked = topology(choice.agents, choice.links);
  if (checked.agents === agents) return checked;
  throw new InvalidInputError(
    `matrpo options: topology is for ${checked.agents} agents, the environment has ${agents}; give it ${agents}`,
  );
}

/** The number of an agent that is given by its name or number. */
function findAgent(given: string | number, names: readonly string[]): number {
  const found = typeof given === "number" ? given : names.indexOf(given);
  if (found in names) return found;
  throw new InvalidInputError(
    `matrpo options: topology.hub is ${formatValue(given)}; the agents are ${names.join(", ")}, numbered from 0`,
  );
}

function createAgents(
  task: TaskShape,
  links: LinkNetwork,
  settings: MatrpoSettings,
  random: Random,
): MatrpoAgent[] {
  const ends: LinkEnd[][] = task.agents.map(() => []);
  for (const [link, [toSecond, toFirst]] of links.ends.entries()) {
    const [first, second] = links.pairs[link];
    ends[first].push({ link: toSecond, sign: 1 });
    ends[second].push({ link: toFirst, sign: -1 });
  }
  const headSizes = task.headSizes.flat();
  let first = 0;
  return task.agents.map((name, i) => {
    const heads = { headSizes, first, count: task.headSizes[i].length };
    first += heads.count;
    const own = random.derive("agent", i);
    const noise = { random: random.derive("shared-noise"), choices: Math.max(...headSizes) };
    return new MatrpoAgent(name, task.observationSizes[i], heads, ends[i], settings, own, noise);
  });
}
