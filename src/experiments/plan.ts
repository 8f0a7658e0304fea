/**
 * From an experiment file to its cells. Every pair of task and setting is resolved before anything runs, so
 * that all mistakes come out at once, each with its place.
 */
import {
  type Catalogue,
  catalogue,
  find,
  resolveAlgorithm,
  resolveEnvironment,
  resolveRun,
  watchOptions,
} from "../training/run-config.ts";
import { version } from "../training/version.ts";
import { InvalidInputError } from "../validation/errors.ts";
import type { Cell, Experiment } from "./experiment.ts";
import {
  type ExperimentConfig,
  type ExperimentInput,
  listSeeds,
  pairOverrides,
  parseExperiment,
  type TaskInput,
  unknownTasks,
} from "./experiment-config.ts";
import { mapValues } from "./map-values.ts";
import { Problems } from "./problems.ts";
import { overruled, type Pair, spellOut } from "./spell-out.ts";

export interface Plan extends Experiment {
  readonly pairs: readonly Pair[];
  /** The experiment as a file in which every option is spelled out; it makes the same cells. */
  readonly resolved: ExperimentInput;
}

/**
 * @param file parsed JSON of an experiment file
 * @param source names the file in messages
 * @throws InvalidInputError naming every mistake and its place
 */
export function planExperiment(file: unknown, source: string, known: Catalogue = catalogue): Plan {
  const config = parseExperiment(file, source);
  requireResolvable(config, source, known);
  const pairs = Object.keys(config.tasks).flatMap((task) =>
    Object.keys(config.settings).flatMap((setting) => resolvePair(config, setting, task, known) || []),
  );
  if (pairs.length === 0)
    throw new InvalidInputError(`${source}: every pair of task and setting is left out`);
  return {
    name: config.name,
    title: config.title ?? config.name,
    tasks: mapValues(config.tasks, (input, task) => ({
      title: input.title ?? task,
      environment: input.environment,
      ...(input.scores && { scores: input.scores }),
      ...(input.references && { references: input.references }),
      ...(input.scale && { scale: { ...input.scale, agents: countAgents(input, known) } }),
    })),
    settings: mapValues(config.settings, ({ title }, setting) => ({ title: title ?? setting })),
    cells: listCells(pairs),
    pairs,
    resolved: spellOut(config, pairs),
  };
}

function countAgents({ environment, environmentOptions }: TaskInput, { environments }: Catalogue): number {
  return find(environments, environment, "environment").load(environmentOptions).spec.agents.length;
}

/** @throws InvalidInputError naming every task, setting and pair that cannot be resolved */
function requireResolvable(config: ExperimentConfig, source: string, known: Catalogue): void {
  const problems = new Problems();
  for (const complaint of unknownTasks(config)) problems.add(complaint);
  for (const [task, choice] of Object.entries(config.tasks)) {
    problems.attempt(`tasks.${task}`, () => resolveEnvironment(choice, known.environments));
  }
  for (const [setting, choice] of Object.entries(config.settings)) {
    const sound = problems.attempt(`settings.${setting}`, () => resolveAlgorithm(choice, known.algorithms));
    const pairs = Object.keys(config.tasks).flatMap((task) => {
      const place = `settings.${setting}.tasks.${task}`;
      const own = problems.attempt(place, () => pairOverrides(config, setting, task));
      if (!own) return [];
      const options = { ...choice.options, ...own.options };
      const resolve = () =>
        resolveAlgorithm({ ...choice, options }, known.algorithms, own.spelledOut !== undefined);
      if (sound) problems.attempt(place, resolve);
      return own;
    });
    for (const complaint of overruled(setting, choice, pairs)) problems.add(complaint);
  }
  problems.report(source);
}

function resolvePair(
  config: ExperimentConfig,
  setting: string,
  task: string,
  known: Catalogue,
): Pair | false {
  const own = pairOverrides(config, setting, task);
  if (own === false) return false;
  const { environment, environmentOptions } = config.tasks[task];
  const { algorithm, preset, options } = config.settings[setting];
  const seeds = listSeeds(own.seeds ?? config.seeds);
  const run = {
    ...(own.spelledOut !== undefined && { version: config.version ?? version }),
    environment,
    environmentOptions,
    algorithm,
    preset,
    options: { ...options, ...own.options },
    iterations: own.iterations ?? config.iterations,
    checkpointEvery: config.checkpointEvery,
    ...watchOptions(config),
    seed: seeds[0],
  };
  return { task, setting, seeds, config: resolveRun(run, {}, `${task} ${setting}`, known) };
}

/** Seed by seed, so that a part of the experiment compares all settings. */
function listCells(pairs: readonly Pair[]): Cell[] {
  const rounds = Math.max(...pairs.map(({ seeds }) => seeds.length));
  return Array.from({ length: rounds }, (_, round) =>
    pairs
      .filter(({ seeds }) => round < seeds.length)
      .map(({ task, setting, seeds, config }) => {
        const seed = seeds[round];
        const directory = `runs/${task}/${setting}/seed-${seed}`;
        return { task, setting, seed, directory, config: { ...config, seed } };
      }),
  ).flat();
}
