/** The algorithms by id, for the command line, configurations and models. A new one is one entry. */
import type { GenericSchema } from "valibot";
import type { Random } from "../tensor/random.ts";
import type { Algorithm, TaskShape } from "./algorithm.ts";
import { MatrpoAlgorithm } from "./matrpo/matrpo.ts";
import { type MatrpoSettings, matrpoPresets, matrpoSchema } from "./matrpo/options.ts";

/** What training must know of any algorithm's settings. */
export interface SamplingSettings {
  /** Environment steps of an iteration, over all copies. */
  readonly stepsPerIteration: number;
  /** Copies of the environment stepped together. */
  readonly environmentCopies: number;
}

export interface AlgorithmEntry<Settings extends SamplingSettings = SamplingSettings> {
  readonly id: string;
  /** One line. */
  readonly description: string;
  /** Strict object schema of the options: defaults, ranges and descriptions; the settings come out. */
  readonly schema: GenericSchema<unknown, Settings>;
  /** Named options that stand between the defaults and what the user gives; "default" is among them. */
  readonly presets: Readonly<Record<string, object>>;
  /** @param random the stream from which the algorithm derives all of its own */
  create(task: TaskShape, settings: Settings, random: Random): Algorithm;
}

export type AlgorithmCatalogue = Readonly<Record<string, AlgorithmEntry>>;

export const matrpoEntry: AlgorithmEntry<MatrpoSettings> = {
  id: "matrpo",
  description:
    "Trust-region consensus: agents share nothing but log-likelihood ratios with neighbours (Li & He 2020)",
  schema: matrpoSchema,
  presets: matrpoPresets,
  create: (task, settings, random) => new MatrpoAlgorithm(task, settings, random),
};

export const algorithms: AlgorithmCatalogue = { [matrpoEntry.id]: matrpoEntry };
