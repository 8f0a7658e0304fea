/** The algorithms by id, for the command line, configurations and models. A new one is one entry. */
import type { GenericSchema } from "valibot";
import type { Arena } from "../kernels/memory.ts";
import type { Random } from "../tensor/random.ts";
import type { Algorithm, TaskShape } from "./algorithm.ts";
import { MatrpoAlgorithm } from "./matrpo/matrpo.ts";
import { type MatrpoSettings, matrpoPresets, matrpoSchema } from "./matrpo/options.ts";
import {
  type TrpoSettings,
  trpoCentralPresets,
  trpoCentralSchema,
  trpoIndependentPresets,
  trpoIndependentSchema,
} from "./trpo/options.ts";
import { TrpoAlgorithm } from "./trpo/trpo.ts";

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
  /** "central": learns the environment as one agent that sees, does and is paid everything. @defaultValue "own" */
  readonly view?: "own" | "central";
  /** Kinds of actions that it learns beside discrete ones that are always legal. @defaultValue none */
  readonly learns?: { readonly continuous?: boolean; readonly masks?: boolean };
  /**
   * @param random the stream from which the algorithm derives all of its own
   * @param arena where it computes; by default the one that this thread shares
   */
  create(task: TaskShape, settings: Settings, random: Random, arena?: Arena): Algorithm;
}

export type AlgorithmCatalogue = Readonly<Record<string, AlgorithmEntry>>;

export const matrpoEntry: AlgorithmEntry<MatrpoSettings> = {
  id: "matrpo",
  description:
    "Trust-region consensus: agents share nothing but log-likelihood ratios with neighbours (Li & He 2020)",
  schema: matrpoSchema,
  presets: matrpoPresets,
  create: (task, settings, random, arena) => new MatrpoAlgorithm(task, settings, random, arena),
};

export const trpoCentralEntry: AlgorithmEntry<TrpoSettings> = {
  id: "trpo-central",
  description: "Baseline: one learner sees the state, chooses all actions and is paid the sum of rewards",
  schema: trpoCentralSchema,
  presets: trpoCentralPresets,
  view: "central",
  create: (task, settings, random, arena) => new TrpoAlgorithm("trpo-central", task, settings, random, arena),
};

export const trpoIndependentEntry: AlgorithmEntry<TrpoSettings> = {
  id: "trpo-independent",
  description: "Baseline: every agent learns alone from its own observations, actions and rewards",
  schema: trpoIndependentSchema,
  presets: trpoIndependentPresets,
  create: (task, settings, random, arena) =>
    new TrpoAlgorithm("trpo-independent", task, settings, random, arena),
};

const entries: readonly AlgorithmEntry[] = [matrpoEntry, trpoCentralEntry, trpoIndependentEntry];

export const algorithms: AlgorithmCatalogue = Object.fromEntries(entries.map((entry) => [entry.id, entry]));
