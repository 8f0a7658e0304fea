/** The pieces that several algorithms have in common. */
import type { Pieces } from "./update.ts";

/** All agents at once, each by its own ratio: IPPO, MAPPO. */
export const simultaneousClips: Pieces = {
  schedule: "simultaneous",
  step: "clip",
  factor: "none",
  placement: "inside",
  corrected: false,
  clipRule: "constant",
  clipStart: 1,
  outerClip: "none",
  rescore: false,
};

/** One agent after another, weighted with the ratios of those before: HAPPO. */
export const sequentialClips: Pieces = {
  ...simultaneousClips,
  schedule: "sequential",
  factor: "preceding",
  placement: "outside",
};
