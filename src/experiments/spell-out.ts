/**
 * An experiment as a file in which every option is spelled out, to be read and changed like one that was written by
 * hand: a value stands once, where it is common, and a task states only what is other there. So every value counts.
 */
import { type RunConfig, watchOptions } from "../training/run-config.ts";
import { version } from "../training/version.ts";
import { formatValue } from "../validation/format.ts";
import {
  type ExperimentConfig,
  type ExperimentInput,
  listSeeds,
  type PairInput,
  type SettingInput,
} from "./experiment-config.ts";
import { mapValues } from "./map-values.ts";

/** One setting on one task, for all of its seeds. */
export interface Pair {
  readonly task: string;
  readonly setting: string;
  readonly seeds: readonly number[];
  /** With the first seed. */
  readonly config: RunConfig;
}

/** The same experiment spelled out. @param pairs all that `given` has */
export function spellOut(given: ExperimentConfig, pairs: readonly Pair[]): ExperimentInput {
  const config = level(given, pairs);
  const { name, title, tasks, settings, seeds, iterations, checkpointEvery } = config;
  return {
    version,
    name,
    title: title ?? name,
    tasks: mapValues(tasks, (about, task) => {
      const pair = pairs.find((candidate) => candidate.task === task);
      return { ...about, ...(pair && { environmentOptions: pair.config.environmentOptions }) };
    }),
    settings: mapValues(settings, (about, setting) => {
      const own = pairs.filter((pair) => pair.setting === setting);
      return spellOutSetting(config, about, own);
    }),
    seeds: [...seeds],
    iterations,
    ...(checkpointEvery !== undefined && { checkpointEvery }),
    ...watchOptions(config),
  };
}

/** An experiment whose iterations and seeds are those of most pairs. */
type Levelled = Omit<ExperimentConfig, "seeds"> & { readonly seeds: readonly number[] };

/** What a file says of all pairs and none has would count for nothing; so it is what most have, the first of equals. */
function level(config: ExperimentConfig, pairs: readonly Pair[]): Levelled {
  const iterations = mostCommon(pairs.map((pair) => pair.config.iterations)) ?? config.iterations;
  return {
    ...config,
    iterations,
    seeds: mostCommon(pairs.map(({ seeds }) => seeds)) ?? listSeeds(config.seeds),
  };
}

/** Undefined of nothing. */
function mostCommon<T>(values: readonly T[]): T | undefined {
  const times = values.map((value) => values.filter((other) => isSame(other, value)).length);
  return values[times.indexOf(Math.max(...times))];
}

/** @param pairs of the setting */
function spellOutSetting(config: Levelled, about: SettingInput, pairs: readonly Pair[]) {
  const common = commonEntries(pairs.map((pair) => pair.config.options));
  const tasks = mapValues(config.tasks, (_, task) => {
    const pair = pairs.find((candidate) => candidate.task === task);
    return pair ? spellOutPair(config, pair, common) : false;
  });
  return { ...about, options: common, tasks };
}

function spellOutPair(config: Levelled, pair: Pair, common: object): Partial<PairInput> {
  const { preset, options, iterations } = pair.config;
  const own = Object.fromEntries(Object.entries(options).filter(([key]) => !Object.hasOwn(common, key)));
  return {
    ...(Object.keys(own).length > 0 && { options: own }),
    ...(iterations !== config.iterations && { iterations }),
    ...(!isSame(pair.seeds, config.seeds) && { seeds: [...pair.seeds] }),
    spelledOut: preset,
  };
}

/** What is the same in all of them, in the order of the first. */
function commonEntries(all: readonly Readonly<Record<string, unknown>>[]): Record<string, unknown> {
  const [first = {}, ...others] = all;
  const entries = Object.entries(first);
  return Object.fromEntries(
    entries.filter(([key, value]) =>
      others.every((other) => Object.hasOwn(other, key) && isSame(other[key], value)),
    ),
  );
}

/**
 * Complaints about changes in a file that was spelled out which would change nothing.
 * @param pairs what is said of each task that the setting runs
 */
export function overruled(
  setting: string,
  { preset, options }: SettingInput,
  pairs: readonly PairInput[],
): string[] {
  const place = `settings.${setting}`;
  const from = pairs.flatMap(({ spelledOut }) => (typeof spelledOut === "string" ? spelledOut : []));
  const other = from.find((name) => name !== preset);
  const complaints = Object.entries(options)
    .filter(
      ([key, value]) =>
        pairs.length > 0 && pairs.every((pair) => pair.spelledOut && isStatedOtherwise(pair, key, value)),
    )
    .map(
      ([key, value]) =>
        `${place}.options.${key} is ${formatValue(value)}, but every task states its own in ${place}.tasks, which ` +
        "beats it; change it there",
    );
  if (other === undefined) return complaints;
  return [
    `${place}.preset is ${formatValue(preset)}, but its options are spelled out from ${formatValue(other)} and beat ` +
      `it; to take those of ${formatValue(preset)}, delete its "options" and every "options" and "spelledOut" in its ` +
      "tasks",
    ...complaints,
  ];
}

const isStatedOtherwise = ({ options }: PairInput, key: string, value: unknown): boolean =>
  Object.hasOwn(options, key) && !isSame(options[key], value);

/** Of plain JSON. */
const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
