/**
 * What a run is: environment, algorithm, their options, length and seed. A flag beats the file, the file
 * beats the preset, the preset beats the default; the resolved configuration spells everything out.
 */
import * as v from "valibot";
import {
  type AlgorithmCatalogue,
  type AlgorithmEntry,
  algorithms,
  type SamplingSettings,
} from "../algorithms/registry.ts";
import { type EnvironmentEntry, environments } from "../environments/registry.ts";
import { describeOptions } from "../validation/describe.ts";
import { InvalidInputError } from "../validation/errors.ts";
import { formatValue } from "../validation/format.ts";
import { didYouMean } from "../validation/suggest.ts";
import { validate } from "../validation/validate.ts";
import { evaluationDefaults } from "./periodic-evaluation.ts";
import { version } from "./version.ts";

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const options = v.record(v.string(), v.unknown());

/** What a run lets people watch; learning does not depend on it. */
export const watchEntries = {
  evaluateEvery: v.optional(
    v.pipe(
      v.number(),
      v.safeInteger(),
      v.minValue(0),
      v.description("iterations between two evaluations; 0: none"),
    ),
    evaluationDefaults.evaluateEvery,
  ),
  evaluateEpisodes: v.optional(
    v.pipe(count, v.description("episodes of an evaluation")),
    evaluationDefaults.evaluateEpisodes,
  ),
  evaluateDeterministic: v.optional(
    v.pipe(v.boolean(), v.description("evaluate with the likeliest actions instead of sampled ones")),
    evaluationDefaults.evaluateDeterministic,
  ),
  tensorboard: v.optional(v.pipe(v.boolean(), v.description("write event files for TensorBoard")), false),
};
export type WatchOptions = Pick<RunConfig, keyof typeof watchEntries>;

/** Those options out of all. */
export const watchOptions = ({
  evaluateEvery,
  evaluateEpisodes,
  evaluateDeterministic,
  tensorboard,
}: WatchOptions): WatchOptions => ({
  evaluateEvery,
  evaluateEpisodes,
  evaluateDeterministic,
  tensorboard,
});

/** A configuration file; every key may be left out. */
export const runSchema = v.strictObject({
  $schema: v.optional(v.string()),
  version: v.optional(v.pipe(v.string(), v.description("version of marlstone that resolved the file"))),
  environment: v.optional(
    v.pipe(v.string(), v.description("id of the environment")),
    "particle/cooperative-navigation",
  ),
  environmentOptions: v.optional(v.pipe(options, v.description("options of the environment")), {}),
  algorithm: v.optional(v.pipe(v.string(), v.description("id of the algorithm")), "matrpo"),
  preset: v.optional(v.pipe(v.string(), v.description("named options of the algorithm")), "default"),
  options: v.optional(v.pipe(options, v.description("options of the algorithm; they beat the preset")), {}),
  iterations: v.optional(v.pipe(count, v.description("policy iterations")), 100),
  seed: v.optional(
    v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.description("every random number follows from it")),
    1,
  ),
  checkpointEvery: v.optional(v.pipe(count, v.description("iterations between two checkpoints"))),
  ...watchEntries,
});
export type RunInput = v.InferInput<typeof runSchema>;

/** A resolved configuration. */
export interface RunConfig extends Omit<v.InferOutput<typeof runSchema>, "$schema" | "options"> {
  readonly version: string;
  readonly checkpointEvery: number;
  readonly options: SamplingSettings & Readonly<Record<string, unknown>>;
}

type EnvironmentChoice = Pick<RunConfig, "environment" | "environmentOptions">;
type AlgorithmChoice<Options = RunConfig["options"]> = Pick<RunConfig, "algorithm" | "preset"> & {
  readonly options: Options;
};

/** What can be chosen from. */
export interface Catalogue {
  readonly algorithms: AlgorithmCatalogue;
  readonly environments: Readonly<Record<string, EnvironmentEntry>>;
}
export const catalogue: Catalogue = { algorithms, environments };

/**
 * Resolves a configuration. One that says which version resolved it is spelled out already: its preset is what it is
 * called, and options that are newer than the file have their defaults, whatever the preset has become. A flag that
 * names a preset, or another algorithm or environment, beats all the options that such a file has of it.
 * @param file parsed JSON of a configuration file, or {}
 * @param flags what was given on the command line; undefined fields count as not given
 * @param source names the file in messages
 * @throws InvalidInputError naming every key that is unknown or out of range
 */
export function resolveRun(
  file: unknown,
  flags: object = {},
  source = "configuration",
  { algorithms, environments }: Catalogue = catalogue,
): RunConfig {
  if (Array.isArray(file)) throw new InvalidInputError(`${source}: got a list; it must be an object`);
  const base = validate(runSchema, file, source);
  const given = Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined));
  const left = base.version === undefined ? base : { ...base, ...overruled(base, given) };
  const merged = validate(runSchema, merge(left, given), "command line");
  const spelledOut = base.version !== undefined && left.options === base.options;
  const environment = resolveEnvironment(merged, environments);
  requireOwnOptions(merged, algorithms, environments);
  return {
    version,
    ...environment,
    ...resolveAlgorithm(merged, algorithms, spelledOut),
    iterations: merged.iterations,
    seed: merged.seed,
    checkpointEvery: merged.checkpointEvery ?? algorithms[merged.algorithm].checkpointEvery ?? 1,
    ...watchOptions(merged),
  };
}

/** @throws InvalidInputError for an option of the environment or the run among the algorithm's, saying where it belongs */
function requireOwnOptions(
  { environment, algorithm, options }: v.InferOutput<typeof runSchema>,
  algorithms: AlgorithmCatalogue,
  environments: Catalogue["environments"],
): void {
  const names = ({ schema }: { readonly schema: v.GenericSchema }) =>
    new Set(describeOptions(schema).map(({ name }) => name));
  const own = names(find(algorithms, algorithm, "algorithm"));
  const theirs = names(environments[environment]);
  for (const [name, value] of Object.entries(options)) {
    if (own.has(name)) continue;
    if (theirs.has(name)) {
      throw new InvalidInputError(
        `options of ${algorithm}: "${name}" is an option of ${environment}; write --set environment.${name}=… ` +
          "or, in a file, put it into environmentOptions",
      );
    }
    if (!Object.hasOwn(runFlags, name)) continue;
    const flag = runFlags[name as keyof typeof runFlags];
    throw new InvalidInputError(
      `options of ${algorithm}: "${name}" is given by itself; write ${flag.replace("…", formatValue(value))}` +
        (name === "threads" ? "" : " or, in a file, put it beside options"),
    );
  }
}

/** How the command line says what is no option of an algorithm; a file has the keys, but for threads. */
const runFlags = {
  environment: "--environment …",
  algorithm: "--algorithm …",
  preset: "--preset …",
  iterations: "--iterations …",
  seed: "--seed …",
  checkpointEvery: "--checkpoint-every …",
  evaluateEvery: "--evaluate-every …",
  evaluateEpisodes: "--evaluate-episodes …",
  evaluateDeterministic: "--evaluate-sampled or --no-evaluate-sampled",
  tensorboard: "--tensorboard or --no-tensorboard",
  threads: "--threads …",
} as const satisfies Partial<Record<keyof RunInput | "threads", string>>;

/** No options, where flags choose anew what a spelled-out file has options of. */
function overruled(file: v.InferOutput<typeof runSchema>, given: RunInput) {
  const { environment = file.environment, algorithm = file.algorithm } = given;
  return {
    ...(environment !== file.environment && { environmentOptions: {} }),
    ...((algorithm !== file.algorithm || "preset" in given) && { options: {} }),
  };
}

/**
 * An environment with its options spelled out.
 * @throws InvalidInputError naming what is unknown or out of range
 */
export function resolveEnvironment(
  { environment, environmentOptions }: EnvironmentChoice,
  environments: Catalogue["environments"],
): EnvironmentChoice {
  const { id, schema } = find(environments, environment, "environment");
  const options = validate(schema, environmentOptions, `options of ${id}`) as object;
  return { environment: id, environmentOptions: { ...options } };
}

/**
 * An algorithm with its options spelled out.
 * @param spelledOut whether they are already, so that the preset is only a name
 * @throws InvalidInputError naming what is unknown or out of range
 */
export function resolveAlgorithm(
  { algorithm, preset, options }: AlgorithmChoice<object>,
  algorithms: AlgorithmCatalogue,
  spelledOut = false,
): AlgorithmChoice {
  const entry = find(algorithms, algorithm, "algorithm");
  const preferred = find(entry.presets, preset, `preset of ${entry.id}`);
  const named = spelledOut ? {} : preferred;
  return { algorithm: entry.id, preset, options: { ...validateOptions(entry, { ...named, ...options }) } };
}

/** The part of a configuration on which every bit of a run depends. */
export function learningSettings({ environment, environmentOptions, algorithm, options, seed }: RunConfig) {
  return { environment, environmentOptions, algorithm, options, seed };
}

/** @throws InvalidInputError naming every wrong option, the value and what is allowed */
export function validateOptions<S extends SamplingSettings>(
  { id, schema }: AlgorithmEntry<S>,
  given: object,
): S {
  return validate(schema, given, `options of ${id}`);
}

/** Looks a name up. @throws InvalidInputError with the nearest known name */
export function find<T>(known: Readonly<Record<string, T>>, name: string, what: string): T {
  if (Object.hasOwn(known, name)) return known[name];
  throw new InvalidInputError(
    `There is no ${what} ${formatValue(name)}; ${didYouMean(name, Object.keys(known))}`,
  );
}

function merge(base: v.InferOutput<typeof runSchema>, given: RunInput): RunInput {
  return {
    ...base,
    ...given,
    environmentOptions: { ...base.environmentOptions, ...given.environmentOptions },
    options: { ...base.options, ...given.options },
  };
}
