/** The paper's third question: what becomes of return and time as the team grows. */
import type { Study } from "./study.ts";

const sizes = [3, 6, 9, 12];

export const scaling: Study = {
  name: "scaling",
  title: "Return and time by number of agents",
  teams: (["navigation", "treasure"] as const).flatMap((world) => sizes.map((agents) => ({ world, agents }))),
  presets: ["default"],
  iterations: 500,
  scaling: true,
};
