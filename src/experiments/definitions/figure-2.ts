/**
 * Figure 2 of the paper: learning curves on both worlds with two sizes of teams (Li & He 2020, section V).
 */
import type { Study } from "./study.ts";

/**
 * The authors published no data of the figure. This is a log in an early state of their repository, made with the
 * paper's options by a program whose agents share their noise.
 */
const authorsLog = { title: "authors' log (1 seed, shared noise), last 50 of 500 iterations", value: -67.5 };

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
