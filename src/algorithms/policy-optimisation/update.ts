/** What an update has at hand while policies are improved, and the pieces of which an algorithm is made. */
import type { Arena } from "../../kernels/memory.ts";
import type { Random } from "../../tensor/random.ts";
import type { ClipRule, OuterClip } from "./clip-rules.ts";
import type { FamilySettings } from "./options.ts";
import type { StepStatistics } from "./statistics.ts";
import type { Placement } from "./surrogate.ts";
import type { TeamAdvantages } from "./team-advantages.ts";
import type { TeamBatch } from "./team-batch.ts";

/** What makes an algorithm of the family; docs/guide/policy-optimisation.md shows them side by side. */
export interface Pieces {
  /** All agents in each minibatch, or one agent after another. */
  readonly schedule: "simultaneous" | "sequential";
  /** Passes of clipped Adam steps, or one step in a trust region. */
  readonly step: "clip" | "trust-region";
  /** What an agent's ratio is weighted with: nothing, those before it, or all others as they stand. */
  readonly factor: "none" | "preceding" | "others";
  readonly placement: Placement;
  /** Whether advantages are corrected for those who have moved (PreOPC). */
  readonly corrected: boolean;
  readonly clipRule: ClipRule;
  /** c of adaptive clips. */
  readonly clipStart: number;
  readonly outerClip: OuterClip;
  /** Whether an order is scored again after each agent. */
  readonly rescore: boolean;
}

/** All that the trainer must know. */
export type TrainerSettings = FamilySettings & Pieces;

/** One update's policy improvement. */
export interface Improvement {
  readonly arena: Arena;
  readonly settings: TrainerSettings;
  readonly team: TeamBatch;
  readonly advantages: TeamAdvantages;
  readonly statistics: StepStatistics;
  /** Orders minibatches and agents. */
  readonly random: Random;
  /** Share of the learning rate that the schedule leaves. */
  readonly share: number;
  /** Fits the critics of these agents to their returns and has them value the batch again; without it values stay. */
  readonly refresh: ((agents: readonly number[]) => void) | undefined;
}
