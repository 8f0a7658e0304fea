/** The algorithms by id, for the command line, configurations and models. A new one is one entry. */
import type { GenericSchema } from "valibot";
import type { Arena } from "../kernels/memory.ts";
import type { Random } from "../tensor/random.ts";
import type { Algorithm, TaskShape } from "./algorithm.ts";
import { MatrpoAlgorithm } from "./matrpo/matrpo.ts";
import { type MatrpoSettings, matrpoPresets, matrpoSchema } from "./matrpo/options.ts";
import { type A2poSettings, a2po, a2poPresets, a2poSchema } from "./policy-optimisation/a2po.ts";
import { type CoppoSettings, coppo, coppoPresets, coppoSchema } from "./policy-optimisation/coppo.ts";
import { type HappoSettings, happo, happoPresets, happoSchema } from "./policy-optimisation/happo.ts";
import { type HatrpoSettings, hatrpo, hatrpoPresets, hatrpoSchema } from "./policy-optimisation/hatrpo.ts";
import { type IppoSettings, ippo, ippoPresets, ippoSchema } from "./policy-optimisation/ippo.ts";
import { type MappoSettings, mappo, mappoPresets, mappoSchema } from "./policy-optimisation/mappo.ts";
import { PolicyOptimisation } from "./policy-optimisation/trainer.ts";
import type { TrainerSettings } from "./policy-optimisation/update.ts";
import { type QmixSettings, qmixPresets, qmixSchema } from "./qmix/options.ts";
import { QmixAlgorithm } from "./qmix/qmix.ts";
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
  /** Iterations between two checkpoints of a run, where they are too large for every iteration. @defaultValue 1 */
  readonly checkpointEvery?: number;
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
    "Trust-region consensus: agents tell neighbours log-likelihood ratios and the scale of advantages (Li & He 2020)",
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

/** An algorithm of the policy-optimisation family: its settings complete those of the one trainer. */
function familyEntry<Settings extends SamplingSettings>(
  facts: Pick<AlgorithmEntry<Settings>, "id" | "description" | "schema" | "presets">,
  complete: (settings: Settings) => TrainerSettings,
): AlgorithmEntry<Settings> {
  return {
    ...facts,
    learns: { continuous: true, masks: true },
    create: (task, settings, random, arena) =>
      new PolicyOptimisation(facts.id, task, complete(settings), random, arena),
  };
}

export const ippoEntry: AlgorithmEntry<IppoSettings> = /* @__PURE__ */ familyEntry(
  {
    id: "ippo",
    description: "Independent PPO: every agent by itself, with a critic of its own",
    schema: ippoSchema,
    presets: ippoPresets,
  },
  ippo,
);

export const mappoEntry: AlgorithmEntry<MappoSettings> = /* @__PURE__ */ familyEntry(
  {
    id: "mappo",
    description: "PPO of all agents at once with a central critic, parameters shared (Yu et al. 2022)",
    schema: mappoSchema,
    presets: mappoPresets,
  },
  mappo,
);

export const coppoEntry: AlgorithmEntry<CoppoSettings> = /* @__PURE__ */ familyEntry(
  {
    id: "coppo",
    description: "Coordinated PPO: ratios weighted with those of all other agents (Wu et al. 2021)",
    schema: coppoSchema,
    presets: coppoPresets,
  },
  coppo,
);

export const happoEntry: AlgorithmEntry<HappoSettings> = /* @__PURE__ */ familyEntry(
  {
    id: "happo",
    description: "PPO of one agent after another, weighted with those before (Kuba et al. 2022)",
    schema: happoSchema,
    presets: happoPresets,
  },
  happo,
);

export const hatrpoEntry: AlgorithmEntry<HatrpoSettings> = /* @__PURE__ */ familyEntry(
  {
    id: "hatrpo",
    description: "A trust-region step of one agent after another (Kuba et al. 2022)",
    schema: hatrpoSchema,
    presets: hatrpoPresets,
  },
  hatrpo,
);

export const a2poEntry: AlgorithmEntry<A2poSettings> = /* @__PURE__ */ familyEntry(
  {
    id: "a2po",
    description: "Agent by agent with advantages corrected for those before (Wang et al. 2023)",
    schema: a2poSchema,
    presets: a2poPresets,
  },
  a2po,
);

export const qmixEntry: AlgorithmEntry<QmixSettings> = {
  id: "qmix",
  description: "One team value, mixed monotonically of agents' own; learns from replay (Rashid et al. 2018)",
  schema: qmixSchema,
  presets: qmixPresets,
  learns: { masks: true },
  checkpointEvery: 50, // they hold the replay memory
  create: (task, settings, random, arena) => new QmixAlgorithm(task, settings, random, arena),
};

const entries: readonly AlgorithmEntry[] = [
  matrpoEntry,
  trpoCentralEntry,
  trpoIndependentEntry,
  ippoEntry,
  mappoEntry,
  coppoEntry,
  happoEntry,
  hatrpoEntry,
  a2poEntry,
  qmixEntry,
];

export const algorithms: AlgorithmCatalogue = /* @__PURE__ */ byId(entries);

/** Pure, as bundlers are told here and above, so that a page carries the algorithms it uses and no others. */
function byId(all: readonly AlgorithmEntry[]): AlgorithmCatalogue {
  return Object.fromEntries(all.map((entry) => [entry.id, entry]));
}
