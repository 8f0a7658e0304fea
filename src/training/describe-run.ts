/** A run in a few words, for legends and titles: what was chosen, without what is default. */
import { formatValue } from "../validation/format.ts";
import { validate } from "../validation/validate.ts";
import { type Catalogue, catalogue, find, type RunConfig, validateOptions } from "./run-config.ts";

/** "matrpo", "matrpo paper", "matrpo, gamma 0.9". Runs that differ in seed alone read alike. */
export function describeRun({ algorithm, preset, options }: RunConfig, known: Catalogue = catalogue): string {
  const entry = find(known.algorithms, algorithm, "algorithm");
  const usual = validateOptions(entry, find(entry.presets, preset, "preset"));
  return [preset === "default" ? algorithm : `${algorithm} ${preset}`, ...changes(options, usual)].join(", ");
}

/** "particle/cooperative-navigation, agents 3". */
export function describeEnvironment(config: RunConfig, known: Catalogue = catalogue): string {
  const { schema } = find(known.environments, config.environment, "environment");
  const { agents, ...options } = config.environmentOptions;
  const count = agents === undefined ? [] : [`${agents} agents`];
  return [config.environment, ...count, ...changes(options, validate(schema, {}, config.environment))].join(
    ", ",
  );
}

function changes(options: object, usual: unknown): string[] {
  const before = new Map(Object.entries(usual as object).map(([key, value]) => [key, JSON.stringify(value)]));
  return Object.entries(options)
    .filter(([key, value]) => JSON.stringify(value) !== before.get(key))
    .map(([key, value]) => `${key} ${formatValue(value)}`);
}
