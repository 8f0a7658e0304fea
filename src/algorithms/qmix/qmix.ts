/**
 * QMIX (Rashid et al. 2018), and VDN (Sunehag et al. 2018): a team learns one value from its common reward, off-policy from
 * whole episodes, and acts by its members' own utilities. docs/algorithms/qmix.md
 */
import { sharedArena } from "../../kernels/arena.ts";
import type { Arena } from "../../kernels/memory.ts";
import { flatten, unflatten } from "../../nn/parameters.ts";
import { Stopwatch } from "../../profiling/stopwatch.ts";
import type { Batch } from "../../rollouts/batch.ts";
import type { Actions, Situation } from "../../rollouts/joint-policy.ts";
import type { Random } from "../../tensor/random.ts";
import { NonFiniteError, within } from "../../validation/errors.ts";
import type { Algorithm, AlgorithmState, TaskShape, UpdateMetrics } from "../algorithm.ts";
import { assembleEpisodes, join, type OpenEpisode, unopened } from "./assemble-episodes.ts";
import { padEpisodes } from "./episode-batch.ts";
import { epsilonAt } from "./exploration.ts";
import type { QmixSettings } from "./options.ts";
import { Replay, requireRoom } from "./replay.ts";
import { TeamActor } from "./team-actor.ts";
import { learnFrom, type StepStatistics } from "./team-learner.ts";
import { TeamNetworks } from "./team-networks.ts";
import { type TeamOptimiser, teamOptimiser } from "./team-optimiser.ts";

/** Everything that an update replaces, all of it or nothing. */
interface Progress {
  readonly parameters: Float32Array;
  readonly target: Float32Array;
  readonly replay: Replay;
  /** One a copy. */
  readonly open: readonly OpenEpisode[];
  readonly environmentSteps: number;
  /** Episodes that finished since the start. */
  readonly episodes: number;
  /** Of them when the target networks were copied last. */
  readonly episodesAtCopy: number;
  /** The part of an update that finished episodes have earned beyond whole ones. */
  readonly earned: number;
}

export class QmixAlgorithm implements Algorithm {
  readonly id = "qmix";
  readonly headline = ["epsilon", "loss"];
  readonly settings: QmixSettings;
  readonly networks: TeamNetworks;
  readonly memorySize: number;
  readonly #arena: Arena;
  readonly #actor: TeamActor;
  readonly #optimiser: TeamOptimiser;
  /** One an agent. */
  readonly #exploring: readonly Random[];
  readonly #sampling: Random;
  #progress: Progress;

  /**
   * @param random the run's stream; everything the algorithm draws is derived from it.
   * @throws InvalidInputError when the replay memory has no room for an update's episodes
   */
  constructor(task: TaskShape, settings: QmixSettings, random: Random, arena: Arena = sharedArena()) {
    requireRoom(settings.replayEpisodes, settings.batchEpisodes);
    this.settings = settings;
    this.networks = new TeamNetworks(task, settings);
    this.#arena = arena;
    this.#actor = new TeamActor(this.networks, task.agents.length, settings);
    this.memorySize = this.#actor.memorySize;
    this.#optimiser = teamOptimiser(settings, this.networks.layout.size);
    this.#exploring = task.agents.map((_, i) => random.derive("agent", i).derive("exploring"));
    this.#sampling = random.derive("replay");
    const parameters = this.networks.initialize(random.derive("networks"));
    this.#progress = {
      parameters,
      target: parameters,
      replay: new Replay(settings.replayEpisodes),
      open: new Array<OpenEpisode>(settings.environmentCopies).fill(unopened),
      environmentSteps: 0,
      episodes: 0,
      episodesAtCopy: 0,
      earned: 0,
    };
  }

  /** The flat vector that learns. */
  get parameters(): Float32Array {
    return this.#progress.parameters;
  }

  /** That of the target networks. */
  get target(): Float32Array {
    return this.#progress.target;
  }

  /** What is remembered of the past. */
  get replay(): Replay {
    return this.#progress.replay;
  }

  /** The chance of a random action now. */
  get epsilon(): number {
    return epsilonAt(this.settings, this.#progress.environmentSteps);
  }

  act(situation: Situation, actions: Actions, deterministic: boolean): void {
    const exploring = { epsilon: this.epsilon, randoms: this.#exploring };
    this.#actor.act(this.#arena, this.parameters, situation, actions, deterministic ? undefined : exploring);
  }

  update(batch: Batch, stopwatch = new Stopwatch()): UpdateMetrics {
    const before = this.#sampling.saveState();
    const { epsilon } = this;
    try {
      const remembered = stopwatch.measure("recording", () => this.#remember(batch));
      const { progress, steps } = stopwatch.measure("values", () => this.#learn(remembered));
      this.#progress = progress;
      return { warnings: [], details: this.#report(epsilon, steps) };
    } catch (error) {
      this.#sampling.loadState(before);
      throw error;
    }
  }

  sampleFrom(random: Random): void {
    for (const [i, own] of this.#exploring.entries()) own.loadState(random.derive("agent", i).saveState());
  }

  save(): AlgorithmState {
    const { parameters, target, replay, open, ...counters } = this.#progress;
    const { width } = this.networks.rowLayout;
    const { rows, ends } = replay.save(width);
    const begun = join(open.map((episode) => episode.rows));
    const optimiser = this.#optimiser.save();
    return {
      tensors: {
        ...unflatten(this.networks.layout, parameters),
        ...prefixed("target.", unflatten(this.networks.layout, target)),
        ...optimiser.tensors,
        "replay.rows": rows,
        "replay.ends": ends,
        "open.rows": { shape: [begun.length / width, width], values: begun },
      },
      facts: {
        ...optimiser.facts,
        ...counters,
        open: open.map(({ rows: { length }, broken }) => (broken ? -1 : length / width)),
        exploring: this.#exploring.map((random) => random.saveState()),
        sampling: this.#sampling.saveState(),
      },
    };
  }

  load(state: AlgorithmState): void {
    const { tensors, facts } = state;
    const { layout, rowLayout } = this.networks;
    const targets = Object.entries(tensors).filter(([name]) => name.startsWith("target."));
    const saved = { rows: tensors["replay.rows"], ends: tensors["replay.ends"] };
    const parameters = flatten(layout, tensors);
    const target = flatten(
      layout,
      Object.fromEntries(targets.map(([name, tensor]) => [name.slice("target.".length), tensor])),
    );
    const replay = Replay.load(this.settings.replayEpisodes, rowLayout.width, saved);
    this.#optimiser.load(state);
    for (const [i, random] of this.#exploring.entries()) random.loadState((facts.exploring as number[][])[i]);
    this.#sampling.loadState(facts.sampling as number[]);
    this.#progress = {
      parameters,
      target,
      replay,
      open: loadOpen(tensors["open.rows"].values, facts.open as number[], rowLayout.width),
      environmentSteps: facts.environmentSteps as number,
      episodes: facts.episodes as number,
      episodesAtCopy: facts.episodesAtCopy as number,
      earned: facts.earned as number,
    };
  }

  /** With the batch's episodes in the replay memory. */
  #remember(batch: Batch): Progress {
    const { replay, open, environmentSteps, episodes } = this.#progress;
    const assembled = assembleEpisodes(this.networks.rowLayout, open, batch, this.settings);
    return {
      ...this.#progress,
      replay: replay.with(assembled.finished),
      open: assembled.open,
      environmentSteps: environmentSteps + batch.rows,
      episodes: episodes + assembled.finished.length,
    };
  }

  /** With the updates that its new episodes have earned; none while the memory is too small. */
  #learn(progress: Progress): { readonly progress: Progress; readonly steps: readonly StepStatistics[] } {
    const { batchEpisodes, updatesPerEpisode } = this.settings;
    const finished = progress.episodes - this.#progress.episodes;
    const earned = progress.earned + finished * updatesPerEpisode;
    const count = progress.replay.episodes.length < batchEpisodes ? 0 : Math.floor(earned);
    const rest = { ...progress, earned: earned - Math.floor(earned) };
    if (count === 0) return { progress: rest, steps: [] };
    const learned = this.#arena.scope(() => this.#takeSteps(progress, count));
    return { progress: { ...rest, ...learned.progress }, steps: learned.steps };
  }

  #takeSteps({ parameters, target, replay, episodes, episodesAtCopy }: Progress, count: number) {
    const arena = this.#arena;
    const { rowLayout, groups } = this.networks;
    const size = parameters.length;
    const online = arena.place(parameters);
    const judge = arena.place(target);
    const finished = episodes - this.#progress.episodes;
    const steps: StepStatistics[] = [];
    let copied = episodesAtCopy;
    this.#optimiser.bind(arena);
    for (let step = 1; step <= count; step++) {
      const sample = replay.sample(this.settings.batchEpisodes, this.#sampling);
      const batch = padEpisodes(rowLayout, groups, sample);
      const learn = () =>
        learnFrom(arena, this.networks, online, judge, batch, this.#optimiser, this.settings);
      steps.push(within(`update ${step} of ${count}`, learn));
      const seen = episodes - finished + Math.floor((step * finished) / count);
      copied = this.#follow(online, judge, seen, copied);
    }
    if (arena.kernels.allFiniteF32(online, size) === 0) {
      throw new NonFiniteError(
        "QMIX: a parameter is not finite after the update; try a smaller learningRate.",
      );
    }
    this.#optimiser.store();
    const [learned, followed] = [online, judge].map((at) => arena.read(at, size));
    return { progress: { parameters: learned, target: followed, episodesAtCopy: copied }, steps };
  }

  /** Moves the target networks when it is time. @returns the episodes at the last copy */
  #follow(online: number, judge: number, episodes: number, copied: number): number {
    const { targetUpdate, targetEpisodes, targetRate } = this.settings;
    const { size } = this.networks.layout;
    const [from, to] = [online, judge].map((at) => this.#arena.f32(at, size));
    if (targetUpdate === "soft") {
      for (let i = 0; i < size; i++) to[i] += targetRate * (from[i] - to[i]);
      return copied;
    }
    if (episodes - copied < targetEpisodes) return copied;
    to.set(from);
    return episodes;
  }

  #report(epsilon: number, steps: readonly StepStatistics[]): NonNullable<UpdateMetrics["details"]> {
    const facts = { epsilon, replayEpisodes: this.replay.episodes.length, updates: steps.length };
    if (steps.length === 0) return facts;
    const mean = (name: keyof StepStatistics): number =>
      steps.reduce((sum, step) => sum + step[name], 0) / steps.length;
    return {
      loss: mean("loss"),
      tdError: mean("tdError"),
      qTaken: mean("qTaken"),
      targetMean: mean("target"),
      gradientNorm: mean("gradientNorm"),
      ...facts,
    };
  }
}

const prefixed = <T>(prefix: string, record: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [prefix + name, value]));

/** @param lengths steps so far a copy, −1 of one that is left out */
function loadOpen(rows: Float32Array, lengths: readonly number[], width: number): OpenEpisode[] {
  let start = 0;
  return lengths.map((length) => {
    if (length < 0) return { ...unopened, broken: true };
    start += length * width;
    return { rows: rows.slice(start - length * width, start), broken: false };
  });
}
