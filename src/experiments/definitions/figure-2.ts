/**
 * Figure 2 of the paper: learning curves on both worlds with two sizes of teams (Li & He 2020, section V).
 */
import type { Reference } from "../experiment.ts";
import type { Study } from "./study.ts";

/**
 * The authors published no data of the figure. These are points of a log in an early state of their repository, made
 * with the paper's options by a program whose agents share their noise; its first iteration is number 0 there.
 */
const authorsLog: Reference = {
  title: "authors' log (1 seed, shared noise), last-50 mean −67.5",
  points: [
    [1, -292],
    [11, -181],
    [51, -153],
    [101, -149],
    [201, -127],
    [301, -100],
    [401, -73.5],
    [500, -65.3],
  ],
};

export const figure2: Study = {
  name: "figure-2",
  title: "Figure 2 of Li & He 2020",
  teams: [
    { world: "navigation", agents: 3, references: [authorsLog] },
    { world: "navigation", agents: 6 },
    { world: "treasure", agents: 8 },
    { world: "treasure", agents: 12 },
  ],
  presets: ["paper"],
  iterations: 500,
  scaling: false,
};
