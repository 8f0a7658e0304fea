/** The built-in environments by id. A new one is a folder and one line here. */
import type { GenericSchema } from "valibot";
import { InvalidInputError } from "../validation/errors.ts";
import { formatValue } from "../validation/format.ts";
import { didYouMean } from "../validation/suggest.ts";
import type { EnvironmentDefinition } from "./environment.ts";
import { foragingEntry } from "./foraging/level-based.ts";
import { differentialEntry } from "./matrix/differential.ts";
import { gameEntry } from "./matrix/game.ts";
import { halfHalfEntry } from "./matrix/half-half.ts";
import { antiCoordinationEntry, climbingEntry, penaltyEntry } from "./matrix/payoffs.ts";
import { twoStepEntry } from "./matrix/two-step.ts";
import { simpleEntry } from "./mpe/simple.ts";
import { adversaryEntry } from "./mpe/simple-adversary.ts";
import { cryptoEntry } from "./mpe/simple-crypto.ts";
import { pushEntry } from "./mpe/simple-push.ts";
import { referenceEntry } from "./mpe/simple-reference.ts";
import { speakerListenerEntry } from "./mpe/simple-speaker-listener.ts";
import { spreadEntry } from "./mpe/simple-spread.ts";
import { tagEntry } from "./mpe/simple-tag.ts";
import { worldCommEntry } from "./mpe/simple-world-comm.ts";
import { navigationEntry } from "./particle/cooperative-navigation.ts";
import { treasureEntry } from "./particle/treasure-collection.ts";
import { tabularEntry } from "./tabular/random.ts";

export interface EnvironmentEntry {
  readonly id: string;
  /** One line. */
  readonly description: string;
  /** Strict object schema of the options: defaults, ranges and descriptions. */
  readonly schema: GenericSchema;
  /** @throws InvalidInputError for unknown keys and values out of range */
  load(options: object): EnvironmentDefinition;
}

export const environments: Readonly<Record<string, EnvironmentEntry>> = byId([
  navigationEntry,
  treasureEntry,
  simpleEntry,
  spreadEntry,
  referenceEntry,
  speakerListenerEntry,
  tagEntry,
  adversaryEntry,
  pushEntry,
  cryptoEntry,
  worldCommEntry,
  climbingEntry,
  penaltyEntry,
  antiCoordinationEntry,
  halfHalfEntry,
  gameEntry,
  twoStepEntry,
  differentialEntry,
  tabularEntry,
  foragingEntry,
]);

/**
 * The environment `id` with these options.
 * @throws InvalidInputError for an unknown id or option, with the nearest known, or a value out of range
 */
export function makeEnvironment(id: string, options: object = {}): EnvironmentDefinition {
  if (Object.hasOwn(environments, id)) return environments[id].load(options);
  throw new InvalidInputError(
    `unknown environment ${formatValue(id)} (${didYouMean(String(id), Object.keys(environments))})`,
  );
}

function byId(entries: readonly EnvironmentEntry[]): Record<string, EnvironmentEntry> {
  return Object.fromEntries(entries.map((entry) => [entry.id, entry]));
}
