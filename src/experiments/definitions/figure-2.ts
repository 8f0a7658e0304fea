/**
 * Figure 2 of the paper: learning curves on both worlds with two sizes of teams (Li & He 2020, section V).
 */
import type { Study } from "./study.ts";

export const figure2: Study = {
  name: "figure-2",
  title: "Figure 2 of Li & He 2020",
  teams: [
    { world: "navigation", agents: 3 },
    { world: "navigation", agents: 6 },
    { world: "treasure", agents: 8 },
    { world: "treasure", agents: 12 },
  ],
  presets: ["paper"],
  iterations: 500,
  scaling: false,
};
