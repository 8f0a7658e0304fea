/**
 * MPE simple world comm: simple tag with food for the good agents, forests to hide in, and a leader of the
 * adversaries that sees everybody and talks to the others. Rules and observations: world-comm-rules.ts.
 */
import * as v from "valibot";
import { validate } from "../../validation/validate.ts";
import type { EnvironmentDefinition } from "../environment.ts";
import { colorOf } from "../particle/draw.ts";
import { count } from "../particle/options.ts";
import type { EnvironmentEntry } from "../registry.ts";
import { mpeEnvironment } from "./environment.ts";
import { common, countOrNone } from "./options.ts";
import { ADVERSARY, GOOD, OBSTACLE } from "./pursuit.ts";
import type { MpeState } from "./saved-state.ts";
import type { MpeScene } from "./scene.ts";
import { alike, type MpeLandmark } from "./task.ts";
import { type WorldCommCounts, WorldCommRules } from "./world-comm-rules.ts";

const WORLD_COMM_ID = "mpe/simple-world-comm";
const WORDS = 4;
const FOOD: MpeLandmark = { radius: 0.03, spread: 0.9, color: colorOf(0) };
const FOREST: MpeLandmark = { radius: 0.3, spread: 0.9, color: colorOf(2), outline: true };

export const worldCommOptions = v.strictObject({
  goodAgents: v.optional(v.pipe(count, v.description("Number of good agents, which are chased.")), 2),
  adversaries: v.optional(
    v.pipe(count, v.description("Number of adversaries, which chase; the first is their leader.")),
    4,
  ),
  obstacles: v.optional(v.pipe(countOrNone, v.description("Number of landmarks in the way.")), 1),
  food: v.optional(v.pipe(count, v.description("Number of places where good agents are paid.")), 2),
  forests: v.optional(v.pipe(countOrNone, v.description("Number of places that hide who is inside.")), 2),
  ...common,
});
export type SimpleWorldCommOptions = v.InferInput<typeof worldCommOptions>;

/** @throws InvalidInputError for unknown keys and values out of range */
export function simpleWorldComm(options: SimpleWorldCommOptions = {}): EnvironmentDefinition<MpeState> {
  const { episodeLimit, actions, integrator, ...counts } = validate(worldCommOptions, options, WORLD_COMM_ID);
  const { goodAgents, adversaries, obstacles, food, forests } = counts;
  const task = {
    id: WORLD_COMM_ID,
    agents: [
      { name: "leadadversary_0", talks: true, ...ADVERSARY, color: colorOf(3) },
      ...alike(adversaries - 1, "adversary", ADVERSARY),
      ...alike(goodAgents, "agent", { radius: 0.045, ...GOOD }),
    ],
    landmarks: [
      ...new Array<MpeLandmark>(obstacles).fill(OBSTACLE),
      ...new Array<MpeLandmark>(food).fill(FOOD),
      ...new Array<MpeLandmark>(forests).fill(FOREST),
    ],
    words: WORDS,
    observationSizes: observationSizes(counts),
    metrics: ["tags", "meals", "boundaryCost"],
    rules: (scene: MpeScene) => new WorldCommRules(scene, counts),
  };
  return mpeEnvironment(task, { episodeLimit, actions, integrator });
}

function observationSizes({ goodAgents, adversaries, obstacles, food, forests }: WorldCommCounts): number[] {
  const offsets = 2 * (obstacles + food + forests) + 2 * (adversaries + goodAgents - 1);
  const shared = 4 + offsets + forests;
  return [
    ...new Array<number>(adversaries).fill(shared + 2 * goodAgents + WORDS),
    ...new Array<number>(goodAgents).fill(shared + 2 * (goodAgents - 1)),
  ];
}

export const worldCommEntry: EnvironmentEntry = {
  id: WORLD_COMM_ID,
  description: "Adversaries with a leader that talks chase agents that eat, and hide in forests.",
  schema: worldCommOptions,
  load: simpleWorldComm,
};
