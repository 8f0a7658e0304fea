/** An experiment file: tasks, settings and seeds of a grid. docs/guide/experiments.md shows one. */
import * as v from "valibot";
import { watchEntries } from "../training/run-config.ts";
import { InvalidInputError } from "../validation/errors.ts";
import { didYouMean } from "../validation/suggest.ts";
import { validate } from "../validation/validate.ts";

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const seed = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const options = v.record(v.string(), v.unknown());

/** A number of seeds that is greater was meant as a seed. */
export const MOST_SEEDS = 1000;

const seeds = v.pipe(
  v.union([
    v.pipe(
      count,
      v.check(
        (n) => n <= MOST_SEEDS,
        "a number n means the seeds 1 to n, at most 1,000; for certain seeds give a list, such as [20241127]",
      ),
    ),
    v.pipe(
      v.array(seed),
      v.nonEmpty(),
      v.check((list) => new Set(list).size === list.length, "every seed may be listed once"),
    ),
  ]),
  v.description("a number n of seeds, which are 1 to n, or a list of seeds"),
);
const iterations = v.pipe(count, v.description("policy iterations of a run"));
const title = v.pipe(v.string(), v.description("how to call it in tables and figures"));

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
const NAME_RULE = "names become folders: letters, digits, '-', '_' and '.', and a letter or digit first";

/** An object by names that are fit for folders. */
const named = <T extends v.GenericSchema>(schema: T) =>
  v.pipe(
    v.record(v.string(), schema),
    v.check((entries) => Object.keys(entries).length > 0, "give at least one"),
    v.check((entries) => Object.keys(entries).every((name) => NAME.test(name)), NAME_RULE),
  );

const finite = v.pipe(v.number(), v.finite());
const referenceTitle = v.pipe(v.string(), v.nonEmpty());
const points = v.pipe(
  v.array(v.tuple([count, finite])),
  v.nonEmpty(),
  v.check((list) => list.every(([at], i) => i === 0 || at > list[i - 1][0]), "iterations must rise"),
);
const reference = v.union([
  v.strictObject({ title: referenceTitle, value: finite }),
  v.strictObject({ title: referenceTitle, points }),
]);

const taskSchema = v.strictObject({
  title: v.optional(title),
  environment: v.pipe(v.string(), v.description("id of the environment")),
  environmentOptions: v.optional(v.pipe(options, v.description("options of the environment")), {}),
  scores: v.optional(
    v.pipe(
      v.strictObject({ low: finite, high: finite }),
      v.check(({ low, high }) => low < high, "low must be below high"),
      v.description("returns that count as 0 and 1 where tasks are compared on one scale"),
    ),
  ),
  scale: v.optional(
    v.pipe(
      v.strictObject({ world: v.pipe(v.string(), v.nonEmpty()) }),
      v.description("place in a scaling study: tasks of one world are compared by their number of agents"),
    ),
  ),
  references: v.optional(
    v.pipe(
      v.array(reference),
      v.description("returns that are known from elsewhere, a value or points, drawn beside the curves"),
    ),
  ),
});
export type TaskInput = v.InferOutput<typeof taskSchema>;

const settingSchema = v.strictObject({
  title: v.optional(title),
  algorithm: v.pipe(v.string(), v.description("id of the algorithm")),
  preset: v.optional(v.pipe(v.string(), v.description("named options of the algorithm")), "default"),
  options: v.optional(v.pipe(options, v.description("options of the algorithm; they beat the preset")), {}),
  tasks: v.optional(
    v.pipe(
      v.record(v.string(), v.unknown()),
      v.description("what is other on a task: options, iterations, seeds; false leaves the pair out"),
    ),
    {},
  ),
});
export type SettingInput = v.InferOutput<typeof settingSchema>;

/** What a setting does otherwise on one task. */
const pairSchema = v.strictObject({
  options: v.optional(options, {}),
  iterations: v.optional(iterations),
  seeds: v.optional(seeds),
  /**
   * The preset from which options were spelled out: with the setting's they are all that there were when the file was
   * written, and the preset is only what they are called. True stands for any preset.
   */
  spelledOut: v.optional(v.union([v.literal(true), v.string()])),
});
export type PairInput = v.InferOutput<typeof pairSchema>;

const experimentSchema = v.strictObject({
  $schema: v.optional(v.string()),
  version: v.optional(v.pipe(v.string(), v.description("version of marlstone that resolved the file"))),
  name: v.pipe(v.string(), v.regex(NAME, NAME_RULE), v.description("names the directory")),
  title: v.optional(title),
  tasks: v.pipe(
    named(taskSchema),
    v.check(
      (tasks) => !Object.hasOwn(tasks, "scaling"),
      'no task may be called "scaling": scaling.svg compares tasks',
    ),
  ),
  settings: named(settingSchema),
  seeds: v.optional(seeds, 5),
  iterations: v.optional(iterations, 100),
  checkpointEvery: v.optional(v.pipe(count, v.description("iterations between two checkpoints"))),
  ...watchEntries,
});
export type ExperimentInput = v.InferInput<typeof experimentSchema>;
export type ExperimentConfig = v.InferOutput<typeof experimentSchema>;

/**
 * Checks the form of an experiment file and fills in its defaults.
 * @throws InvalidInputError naming every key that is unknown or out of range
 */
export function parseExperiment(file: unknown, source: string): ExperimentConfig {
  if (Array.isArray(file)) throw new InvalidInputError(`${source}: got a list; it must be an object`);
  const { $schema: _, ...config } = validate(experimentSchema, file, source);
  return config;
}

/**
 * What `setting` does otherwise on `task`, or false when the pair is left out.
 * @throws InvalidInputError naming the place
 */
export function pairOverrides(config: ExperimentConfig, setting: string, task: string): PairInput | false {
  const { tasks } = config.settings[setting];
  const given = Object.hasOwn(tasks, task) ? tasks[task] : {};
  return given === false ? false : validate(pairSchema, given, `settings.${setting}.tasks.${task}`);
}

/** Complaints about settings that speak of tasks which do not exist. */
export function unknownTasks({ tasks, settings }: ExperimentConfig): string[] {
  const known = Object.keys(tasks);
  return Object.entries(settings).flatMap(([setting, { tasks: named }]) =>
    Object.keys(named)
      .filter((task) => !known.includes(task))
      .map((task) => `settings.${setting}.tasks: there is no task "${task}"; ${didYouMean(task, known)}`),
  );
}

/** The seeds behind a number or a list. */
export const listSeeds = (seeds: number | readonly number[]): readonly number[] =>
  typeof seeds === "number" ? Array.from({ length: seeds }, (_, i) => i + 1) : seeds;
